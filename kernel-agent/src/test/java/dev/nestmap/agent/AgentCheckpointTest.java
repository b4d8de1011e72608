package dev.nestmap.agent;

import static dev.nestmap.agent.FakeStore.data;
import static dev.nestmap.agent.FakeStore.defined;
import static dev.nestmap.agent.FakeStore.slot;
import static dev.nestmap.agent.FakeStore.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.FakeStore.Stream;
import dev.nestmap.agent.kernel.ChangeRecorder;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.MapChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An agent that starts while no store answers, with what an agent before kept on disk. */
final class AgentCheckpointTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String NOBODY = "127.0.0.1:1";
    private static final MapSpec OUTER = MapSpec
            .of("default", "policies", MapType.ARRAY_OF_MAPS, 4, 4, 8)
            .withInnerTemplate(new InnerTemplate(MapType.DEVMAP, 4, 4, 4, MapFlags.RDONLY_PROG));
    private static final MapSpec INNER = MapSpec.of("default", "ports", MapType.DEVMAP, 4, 4, 4)
            .withFlags(MapFlags.RDONLY_PROG)
            .withPlacement(new Placement.FollowsOuter());
    private static final MapSpec ROUTES = MapSpec.of("default", "routes", MapType.HASH, 4, 4, 64);
    private static final MapSpec SHARED = ROUTES.withOwnership(Ownership.SHARED);
    private static final MapSpec OTHER = MapSpec.of("default", "other", MapType.HASH, 4, 4, 64);

    @TempDir
    Path state;

    private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    private static MapChange[] maps(int value) {
        return new MapChange[]{
                with(defined(1, INNER, false), 0, new Value.Expression("ifindex(\"lo\")")),
                with(defined(2, OUTER, true), 3, slot(1)),
                with(defined(3, ROUTES, true), 7, data(value))};
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void afterARebootWithoutAStoreTheMapsAreBackAndAreFollowedOn(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        reboot(host);

        FakeStore store = new FakeStore();
        int port = store.port();
        store.close();
        NestmapAgent agent = start(host, host.kernel(), "127.0.0.1:" + port);
        assertTrue(agent.awaitReady(PATIENCE));
        assertHolds(host, 70);
        AgentStatus status = agent.status();
        assertEquals(10, status.restoredRevision());
        assertEquals(3, status.maps().size());
        assertEquals(List.of(), status.conditions());
        assertEquals(Optional.empty(), status.checkpointTrouble());
        // The store has not said so.
        assertEquals(0, status.appliedRevision());
        assertFalse(status.connected());

        Stream stream = opened(new FakeStore(port)).accept();
        assertEquals(FakeStore.CLUSTER, stream.hello().getClusterId());
        stream.snapshot(12, maps(71));
        assertTrue(agent.awaitApplied(12, PATIENCE));
        assertHolds(host, 71);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aRestartWithNothingChangedChangesNoMap(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        ChangeRecorder recorder = new ChangeRecorder(host.kernel());
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = start(host, recorder.kernel(), store.address());
        assertTrue(agent.awaitReady(PATIENCE));
        assertEquals(10, agent.status().restoredRevision());
        assertEquals(List.of(), recorder.take());
        store.accept().snapshot(15, maps(70));
        assertTrue(agent.awaitApplied(15, PATIENCE));
        assertEquals(List.of(), recorder.take());
        assertHolds(host, 70);
        agent.close();

        NestmapAgent alone = start(host, recorder.kernel(), NOBODY);
        assertTrue(alone.awaitReady(PATIENCE));
        assertEquals(15, alone.status().restoredRevision());
        assertEquals(List.of(), recorder.take());
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void tablesThatArePublishedSealedComeBackTooAndARestartLeavesThemAlone(Side side)
            throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, tables(70));
        ChangeRecorder recorder = new ChangeRecorder(host.kernel());
        NestmapAgent restarted = start(host, recorder.kernel(), NOBODY);
        assertTrue(restarted.awaitReady(PATIENCE));
        assertEquals(10, restarted.status().restoredRevision());
        assertEquals(List.of(), recorder.take());
        assertEquals(Bytes.u32le(70), inTable(host));
        restarted.close();

        reboot(host);
        FakeStore store = new FakeStore();
        int port = store.port();
        store.close();
        NestmapAgent agent = start(host, host.kernel(), "127.0.0.1:" + port);
        assertTrue(agent.awaitReady(PATIENCE));
        assertEquals(List.of(), agent.status().conditions());
        assertEquals(Bytes.u32le(70), inTable(host));
        opened(new FakeStore(port)).accept().snapshot(12, tables(71));
        assertTrue(agent.awaitApplied(12, PATIENCE));
        assertEquals(List.of(), agent.status().conditions());
        assertEquals(Bytes.u32le(71), inTable(host));
    }

    private static MapChange[] tables(int value) {
        MapSpec table = MapSpec.of("default", "table", MapType.ARRAY, 4, 4, 4)
                .withPlacement(new Placement.FollowsOuter());
        MapSpec tables = MapSpec.of("default", "tables", MapType.ARRAY_OF_MAPS, 4, 4, 8)
                .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 4, 4, 0))
                .withPublish(Publish.SEALED);
        return new MapChange[]{with(defined(1, table, false), 2, data(value)),
                with(defined(2, tables, true), 3, slot(1))};
    }

    /** What is in the map that is in the slot. */
    private static Bytes inTable(KernelUnderTest host) throws KernelException {
        Bytes id = lookup(host, host.root().resolve("default/tables"), 3);
        Path inner = host.root().resolve("_inner");
        for (String pin : host.kernel().pins(inner)) {
            try (KernelMap map = host.kernel().openPin(inner.resolve(pin)).orElseThrow()) {
                if (Bytes.u32le(map.info().id()).equals(id)) {
                    return map.lookup(Bytes.u32le(2)).orElseThrow();
                }
            }
        }
        throw new AssertionError("no pin of the map in the slot, kernel id " + id);
    }

    @Test
    void theRecorderSeesWhatChanges() throws Exception {
        KernelUnderTest host = host(Side.SIMULATED);
        ChangeRecorder recorder = new ChangeRecorder(host.kernel());
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = start(host, recorder.kernel(), store.address());
        store.accept().snapshot(10, maps(70));
        assertTrue(agent.awaitApplied(10, PATIENCE));
        List<String> changes = recorder.take();
        for (String verb : List.of("create", "update", "updateSlots", "pin")) {
            assertTrue(changes.stream().anyMatch(change -> change.startsWith(verb)),
                    verb + " in " + changes);
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aCheckpointThatIsOlderThanTheKernelTakesNothingBack(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        FakeStore store = opened(new FakeStore());
        NestmapAgent forgetful = opened(NestmapAgent.start(new AgentConfig("host1",
                List.of(store.address()), Map.of("role", "edge"), host.root()), host.kernel()));
        store.accept().snapshot(12, maps(71));
        assertTrue(forgetful.awaitApplied(12, PATIENCE));
        forgetful.close();

        NestmapAgent agent = start(host, host.kernel(), NOBODY);
        assertTrue(agent.awaitReady(Duration.ZERO));
        assertEquals(0, agent.status().restoredRevision());
        assertHolds(host, 71);
        agent.close();

        reboot(host);
        NestmapAgent rebooted = start(host, host.kernel(), NOBODY);
        assertTrue(rebooted.awaitReady(PATIENCE));
        assertEquals(10, rebooted.status().restoredRevision());
        assertHolds(host, 70);
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whatLeftASharedMapWhileNoAgentRanIsRemovedThoughTheCheckpointIsOlderThanTheKernel(
            Side side) throws Exception {
        KernelUnderTest host = host(side);
        MapChange both = with(with(defined(1, SHARED, true), 1, data(1)), 2, data(2));
        runAndKeep(host, 10, both);
        try (KernelMap map = host.kernel().openPin(host.root().resolve("default/routes")).get()) {
            map.update(Bytes.u32le(50), Bytes.u32le(50), 0);
        }
        FakeStore store = opened(new FakeStore());
        NestmapAgent forgetful = opened(NestmapAgent.start(new AgentConfig("host1",
                List.of(store.address()), Map.of("role", "edge"), host.root()), host.kernel()));
        store.accept().snapshot(12, both);
        assertTrue(forgetful.awaitApplied(12, PATIENCE));
        forgetful.close();

        NestmapAgent agent = start(host, host.kernel(), store.address());
        assertTrue(agent.awaitReady(Duration.ZERO));
        assertEquals(0, agent.status().restoredRevision());
        store.accept().snapshot(13, with(defined(1, SHARED, true), 2, data(2)));
        assertTrue(agent.awaitApplied(13, PATIENCE));
        try (KernelMap map = host.kernel().openPin(host.root().resolve("default/routes")).get()) {
            assertEquals(Optional.empty(), map.lookup(Bytes.u32le(1)));
            assertEquals(Optional.of(Bytes.u32le(2)), map.lookup(Bytes.u32le(2)));
            assertEquals(Optional.of(Bytes.u32le(50)), map.lookup(Bytes.u32le(50)));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void noMapIsRemovedBeforeTheStoreSaysSo(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        FakeStore store = opened(new FakeStore());
        NestmapAgent forgetful = opened(NestmapAgent.start(new AgentConfig("host1",
                List.of(store.address()), Map.of("role", "edge"), host.root()), host.kernel()));
        Stream former = store.accept();
        former.snapshot(10, maps(70)[0], maps(70)[1], maps(70)[2],
                with(defined(4, OTHER, true), 1, data(1)));
        assertTrue(forgetful.awaitApplied(10, PATIENCE));
        forgetful.close();

        NestmapAgent agent = start(host, host.kernel(), store.address());
        assertTrue(agent.awaitReady(PATIENCE));
        assertEquals(10, agent.status().restoredRevision());
        assertFalse(pinIsGone(host, "default/other"));
        store.accept().snapshot(11, maps(70));
        assertTrue(agent.awaitApplied(11, PATIENCE));
        assertTrue(pinIsGone(host, "default/other"));
        assertHolds(host, 70);
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void afterARebootAnotherClusterIsNotFollowed(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        reboot(host);
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = start(host, host.kernel(), store.address());
        assertTrue(agent.awaitReady(PATIENCE));
        store.accept().send("another", 20, true, false);
        await(() -> agent.status().stopped());
        assertTrue(agent.status().trouble().orElseThrow().startsWith("this is cluster another"));
        assertHolds(host, 70);
        agent.close();

        NestmapAgent next = start(host, host.kernel(), NOBODY);
        assertTrue(next.awaitReady(PATIENCE));
        assertEquals(10, next.status().restoredRevision());
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void afterARebootAStoreThatWentBackIsNotFollowed(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        reboot(host);
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = start(host, host.kernel(), store.address());
        assertTrue(agent.awaitReady(PATIENCE));
        store.accept().snapshot(9);
        await(() -> agent.status().stopped());
        assertTrue(agent.status().trouble().orElseThrow().contains("founded anew or restored"));
        assertHolds(host, 70);
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void aRestartedAgentRemembersTheRevisionWithoutACheckpointToo(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = opened(NestmapAgent.start(
                new AgentConfig("host1", List.of(store.address()), Map.of(), host.root()),
                host.kernel()));
        store.accept().snapshot(9);
        await(() -> agent.status().stopped());
        assertHolds(host, 70);
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void theStateOfAnotherNodeIsNotTakenAndIsReplaced(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        reboot(host);
        FakeStore store = opened(new FakeStore());
        AgentConfig renamed = new AgentConfig("host2", List.of(store.address()), Map.of(),
                host.root()).withStateDirectory(state);
        NestmapAgent agent = opened(NestmapAgent.start(renamed, host.kernel()));
        Stream stream = store.accept();
        assertEquals("", stream.hello().getClusterId());
        assertFalse(agent.awaitReady(Duration.ZERO));
        assertTrue(pinIsGone(host, "default/routes"));
        stream.snapshot(12, maps(71));
        assertTrue(agent.awaitApplied(12, PATIENCE));
        assertTrue(agent.awaitReady(Duration.ZERO));
        agent.close();
        reboot(host);
        NestmapAgent again = opened(NestmapAgent.start(renamed, host.kernel()));
        assertTrue(again.awaitReady(PATIENCE));
        assertEquals(12, again.status().restoredRevision());
        assertHolds(host, 71);
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void partOfASnapshotIsNeverKept(Side side) throws Exception {
        KernelUnderTest host = host(side);
        runAndKeep(host, 10, maps(70));
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = start(host, host.kernel(), store.address());
        Stream stream = store.accept();
        stream.part(12, maps(71)[2]);
        stream.fail(new IllegalStateException("the member ends"));
        store.accept();
        agent.close();
        reboot(host);
        NestmapAgent next = start(host, host.kernel(), NOBODY);
        assertTrue(next.awaitReady(PATIENCE));
        assertEquals(10, next.status().restoredRevision());
        assertHolds(host, 70);
    }

    /** An agent with a store, to its end. */
    private void runAndKeep(KernelUnderTest host, long revision, MapChange... maps)
            throws Exception {
        try (FakeStore store = new FakeStore();
                NestmapAgent agent = start(host, host.kernel(), store.address())) {
            store.accept().snapshot(revision, maps);
            assertTrue(agent.awaitApplied(revision, PATIENCE));
        }
    }

    private static void assertHolds(KernelUnderTest host, int value) throws KernelException {
        Path inner = host.root().resolve("_inner/1_1");
        assertEquals(Bytes.u32le(value), lookup(host, host.root().resolve("default/routes"), 7));
        try (KernelMap map = host.kernel().openPin(inner).orElseThrow()) {
            assertEquals(Bytes.u32le(map.info().id()),
                    lookup(host, host.root().resolve("default/policies"), 3));
        }
        assertEquals(Bytes.u32le(host.kernel().interfaceIndex("lo").orElseThrow()),
                lookup(host, inner, 0));
    }

    /** All pins go, and so do the maps. */
    private static void reboot(KernelUnderTest host) throws KernelException {
        clear(host.kernel(), host.root());
    }

    private static void clear(Kernel kernel, Path directory) throws KernelException {
        for (String pin : kernel.pins(directory)) {
            kernel.unpin(directory.resolve(pin));
        }
        for (String name : kernel.directories(directory)) {
            clear(kernel, directory.resolve(name));
            kernel.removeDirectory(directory.resolve(name));
        }
    }

    private NestmapAgent start(KernelUnderTest host, Kernel kernel, String server)
            throws KernelException {
        return opened(NestmapAgent.start(
                new AgentConfig("host1", List.of(server), Map.of("role", "edge"), host.root())
                        .withStateDirectory(state),
                kernel));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    private KernelUnderTest host(Side side) {
        KernelUnderTest host = new KernelUnderTest(side);
        open.push(host::close);
        return host;
    }

    private static Bytes lookup(KernelUnderTest host, Path pin, int key) throws KernelException {
        try (KernelMap map = host.kernel().openPin(pin).orElseThrow()) {
            return map.lookup(Bytes.u32le(key)).orElseThrow();
        }
    }

    private static boolean pinIsGone(KernelUnderTest host, String pin) throws KernelException {
        try (KernelMap map = host.kernel().openPin(host.root().resolve(pin)).orElse(null)) {
            return map == null;
        }
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it did not come to that");
            Thread.sleep(5);
        }
    }
}
