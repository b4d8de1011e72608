package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.simulated.Faults;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Publishes that are large enough to be built on several threads. */
final class AheadTest {
    private static final Path OUTER = Host.ROOT.resolve("default/outer");
    private static final int TABLES = 8;
    private static final int ENTRIES = 1 << 14;
    private static final long OUTER_ID = 1000;

    private final Host host;
    private final Fleet fleet = new Fleet();
    /** Names of the threads that asked the kernel for something. */
    private final Set<String> threads = new HashSet<>();

    AheadTest() throws KernelException {
        host = new Host();
        fleet.define(OUTER_ID,
                MapSpec.of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, TABLES)
                        .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 4, ENTRIES, 0))
                        .withPublish(Publish.SEALED));
        for (int table = 1; table <= TABLES; table++) {
            fleet.defineInner(table,
                    MapSpec.of("default", "table" + table, MapType.ARRAY, 4, 4, ENTRIES))
                    .slot(OUTER_ID, table - 1, table);
            for (int i = 0; i < ENTRIES; i++) {
                fleet.set(table, i, table + i);
            }
        }
        watch(Faults.none());
    }

    private void watch(Faults faults) {
        host.kernel.inject(operation -> {
            threads.add(Thread.currentThread().getName());
            faults.before(operation);
        });
    }

    private void changeAll(int version) {
        for (int table = 1; table <= TABLES; table++) {
            fleet.set(table, 0, version * TABLES + table);
        }
    }

    private void assertVersion(int version) throws KernelException {
        for (int table = 1; table <= TABLES; table++) {
            int kernelId = host.inSlot(OUTER, table - 1);
            try (KernelMap map = host.open(host.pinOf(table, kernelId))) {
                assertEquals(Bytes.u32le(version * TABLES + table),
                        map.lookup(Bytes.u32le(0)).orElseThrow());
                assertEquals(Bytes.u32le(table + ENTRIES - 1),
                        map.lookup(Bytes.u32le(ENTRIES - 1)).orElseThrow());
            }
        }
    }

    private void assertBuiltOnThreads() {
        assertTrue(threads.stream().filter(name -> name.startsWith("nestmap-build-")).count() > 1,
                threads::toString);
        threads.clear();
    }

    @Test
    void allAreBuiltAndReadBackOnSeveralThreads() throws Exception {
        changeAll(1);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertBuiltOnThreads();
        assertVersion(1);
        watch(Faults.none());
        changeAll(2);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertBuiltOnThreads();
        assertVersion(2);
        int alive = host.kernel.liveMapIds().size();
        watch(Faults.none());
        changeAll(1);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertBuiltOnThreads();
        assertVersion(1);
        assertEquals(alive, host.kernel.liveMapIds().size());
    }

    @Test
    void whatThreadsDidNotBeginIsBuiltWithoutThem() throws Exception {
        changeAll(1);
        Thread.currentThread().interrupt();
        List<Condition> conditions = host.reconcile(fleet.desired()).conditions();
        assertTrue(Thread.interrupted(), "whoever interrupted it is not forgotten");
        assertEquals(List.of(), conditions);
        assertVersion(1);
        changeAll(2);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertVersion(2);
        host.kernel.inject(_ -> {});
        assertEquals(1 + 2 * TABLES, host.kernel.liveMapIds().size(), "nothing is built twice");
    }

    @Test
    void aKeptMapThatIsGoneIsFoundOutOnAnyThread() throws Exception {
        changeAll(1);
        host.reconcile(fleet.desired());
        Path kept = host.pinOf(5, host.inSlot(OUTER, 4));
        changeAll(2);
        host.reconcile(fleet.desired());
        host.kernel.unpin(kept);
        changeAll(1);
        List<String> said = host.reconcile(fleet.desired())
                .conditions()
                .stream()
                .map(Object::toString)
                .toList();
        assertTrue(said.stream().anyMatch(line -> line.contains("is gone, or was changed")),
                said::toString);
        assertVersion(2);
        host.pass(1000);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertVersion(1);
    }

    @Test
    void oneThatCannotBeBuiltHoldsBackAllAndLeaksNothing() throws Exception {
        changeAll(1);
        host.reconcile(fleet.desired());
        changeAll(2);
        watch(Faults.failAll("freeze \"table5\"", Errno.ENOMEM));
        assertTrue(!host.reconcile(fleet.desired()).conditions().isEmpty());
        assertBuiltOnThreads();
        assertVersion(1);
        watch(Faults.none());
        host.pass(10_000);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertVersion(2);
        host.kernel.inject(_ -> {});
        // The outer map, and of each table what is in use and what was before.
        assertEquals(1 + 2 * TABLES, host.kernel.liveMapIds().size());
    }
}
