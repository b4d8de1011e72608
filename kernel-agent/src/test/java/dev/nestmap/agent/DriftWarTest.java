package dev.nestmap.agent;

import static dev.nestmap.agent.FakeStore.data;
import static dev.nestmap.agent.FakeStore.defined;
import static dev.nestmap.agent.FakeStore.slot;
import static dev.nestmap.agent.FakeStore.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.MapChange;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Others who write without end, in the running kernel. */
final class DriftWarTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final MapSpec HASH = MapSpec.of("default", "hash", MapType.HASH, 4, 4, 16);
    private static final MapSpec TABLE = MapSpec.of("default", "table", MapType.ARRAY, 4, 4, 4)
            .withPlacement(new Placement.FollowsOuter());
    private static final MapSpec OUTER = MapSpec
            .of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, 4)
            .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 4, 4, 0))
            .withPublish(Publish.SEALED);

    private final KernelUnderTest host = new KernelUnderTest(Side.LIBBPF);

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    @Test
    void whoWritesWithoutEndIsToldAndDoesNotKeepTheAgentBusyAndAnAgentThatStartsWinsBack()
            throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        try (FakeStore store = new FakeStore(); NestmapAgent agent = start(store)) {
            store.accept().snapshot(10, maps());
            assertTrue(agent.awaitApplied(10, PATIENCE));
            Thread writer = Thread.ofPlatform().start(() -> {
                try (KernelMap hash = at("default/hash"); KernelMap outer = at("default/outer")) {
                    while (!stop.get()) {
                        hash.update(Bytes.u32le(1), Bytes.u32le((int) written.incrementAndGet()),
                                0);
                        boolean _ = outer.delete(Bytes.u32le(0));
                        TimeUnit.MILLISECONDS.sleep(1);
                    }
                } catch (KernelException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            long began = System.nanoTime();
            await(() -> agent.status().drift().totals().heldBack() >= 6);
            double seconds = (System.nanoTime() - began) / 1e9;
            stop.set(true);
            writer.join();
            var totals = agent.status().drift().totals();
            long mended = totals.mended().values().stream().mapToLong(Long::longValue).sum();
            System.out.printf("repair war: %.1f s, %d writes of another writer, %d mended, %s%n",
                    seconds, written.get(), mended, totals);
            // Two maps, each three times at once, then after 1, 2, 4 ... seconds.
            assertTrue(mended <= 2 * (4 + Math.log(seconds + 1) / Math.log(2)),
                    "mended " + mended + " in " + seconds + " s");
            List<String> words = agent.status()
                    .conditions()
                    .stream()
                    .map(condition -> condition.message())
                    .toList();
            assertTrue(words.stream().anyMatch(word -> word.contains("somebody else writes it")),
                    words.toString());
        }
        try (FakeStore store = new FakeStore(); NestmapAgent agent = start(store)) {
            store.accept().snapshot(11, maps());
            assertTrue(agent.awaitApplied(11, PATIENCE));
            assertEquals(List.of(), agent.status().conditions());
            try (KernelMap hash = at("default/hash"); KernelMap outer = at("default/outer")) {
                assertEquals(Bytes.u32le(11), hash.lookup(Bytes.u32le(1)).orElseThrow());
                assertTrue(outer.lookup(Bytes.u32le(0)).isPresent());
                assertTrue(hash.delete(Bytes.u32le(2)));
                await(() -> agent.status()
                        .drift()
                        .drifts()
                        .stream()
                        .anyMatch(drift -> drift.key()
                                .equals("02 00 00 00") && drift.state() == Drift.State.MENDED));
                assertEquals(Bytes.u32le(12), hash.lookup(Bytes.u32le(2)).orElseThrow());
            }
        }
    }

    private NestmapAgent start(FakeStore store) throws KernelException {
        return NestmapAgent.start(
                new AgentConfig("host1", List.of(store.address()), Map.of(), host.root())
                        .withDrift(DriftOptions.DEFAULT.withPass(Duration.ofSeconds(1))),
                host.kernel());
    }

    private static MapChange[] maps() {
        return new MapChange[]{
                with(with(defined(1, HASH, true), 1, data(11)), 2, data(12)),
                with(defined(2, TABLE, false), 1, data(1)),
                with(defined(3, OUTER, true), 0, slot(2))};
    }

    private KernelMap at(String path) throws KernelException {
        return host.kernel().openPin(host.root().resolve(path)).orElseThrow();
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(deadline - System.nanoTime() > 0, "it did not come to that");
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }
}
