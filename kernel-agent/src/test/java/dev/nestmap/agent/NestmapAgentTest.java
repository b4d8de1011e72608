package dev.nestmap.agent;

import static dev.nestmap.agent.FakeStore.change;
import static dev.nestmap.agent.FakeStore.data;
import static dev.nestmap.agent.FakeStore.defined;
import static dev.nestmap.agent.FakeStore.removed;
import static dev.nestmap.agent.FakeStore.slot;
import static dev.nestmap.agent.FakeStore.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.FakeStore.Stream;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.Report;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The whole agent: a store on loopback on one side, a kernel on the other. */
final class NestmapAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final MapSpec OUTER = MapSpec
            .of("default", "policies", MapType.ARRAY_OF_MAPS, 4, 4, 8)
            .withInnerTemplate(new InnerTemplate(MapType.DEVMAP, 4, 4, 4, MapFlags.RDONLY_PROG));
    private static final MapSpec INNER = MapSpec.of("default", "ports", MapType.DEVMAP, 4, 4, 4)
            .withFlags(MapFlags.RDONLY_PROG)
            .withPlacement(new Placement.FollowsOuter());
    private static final MapSpec ROUTES = MapSpec.of("default", "routes", MapType.HASH, 4, 4, 64);

    private final ArrayDeque<AutoCloseable> open = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void mapsFollowTheStoreAndSurviveTheAgent(Side side) throws Exception {
        KernelUnderTest host = host(side);
        FakeStore store = opened(new FakeStore());
        NestmapAgent first = start(host, store.address());
        Stream stream = store.accept();
        assertEquals("host1", stream.hello().getNode());
        assertEquals("", stream.hello().getClusterId());
        MapChange ports = with(defined(1, INNER, false), 0,
                new Value.Expression("ifindex(\"lo\")"));
        stream.part(10, ports);
        stream.snapshot(10, with(defined(2, OUTER, true), 3, slot(1)),
                with(defined(3, ROUTES, true), 7, data(70)));
        assertTrue(first.awaitApplied(10, PATIENCE));
        Report report = stream.awaitReport(sent -> sent.getAppliedRevision() == 10);
        assertEquals(0, report.getConditionsCount(), report.toString());
        assertEquals(3, report.getMaps());
        assertTrue(report.getLastApplyMicros() > 0);

        Path inner = host.root().resolve("_inner/1_1");
        Path outer = host.root().resolve("default/policies");
        assertEquals(Bytes.u32le(id(host, inner)), lookup(host, outer, 3));
        assertEquals(Bytes.u32le(host.kernel().interfaceIndex("lo").orElseThrow()),
                lookup(host, inner, 0));
        assertEquals(Bytes.u32le(70), lookup(host, host.root().resolve("default/routes"), 7));

        stream.difference(11, with(change(3), 7, data(71)));
        stream.awaitReport(sent -> sent.getAppliedRevision() == 11);
        assertEquals(Bytes.u32le(71), lookup(host, host.root().resolve("default/routes"), 7));
        List<HeldMap> before = first.status().maps();
        first.close();

        NestmapAgent second = start(host, store.address());
        Stream again = store.accept();
        assertEquals(FakeStore.CLUSTER, again.hello().getClusterId());
        again.part(12, ports, with(defined(2, OUTER, true), 3, slot(1)));
        assertEquals(Bytes.u32le(71), lookup(host, host.root().resolve("default/routes"), 7));
        assertEquals(0, second.status().appliedRevision());
        again.snapshot(12);
        assertTrue(second.awaitApplied(12, PATIENCE));
        assertEquals(before.subList(0, 2), second.status().maps());
        await(() -> pinIsGone(host, host.root().resolve("default/routes")));

        again.difference(13, removed(2), removed(1));
        again.awaitReport(sent -> sent.getAppliedRevision() == 13 && sent.getMaps() == 0);
        await(() -> pinIsGone(host, outer) && pinIsGone(host, inner));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aForeignPinIsLeftAloneAndReported(Side side) throws Exception {
        KernelUnderTest host = host(side);
        KernelMap foreign = host.create(KernelMapSpec.of(MapType.HASH, 4, 8, 64, 0), null);
        host.kernel().makeDirectories(host.root().resolve("default"));
        foreign.pin(host.root().resolve("default/routes"));
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = start(host, store.address());
        Stream stream = store.accept();
        stream.snapshot(5, with(defined(3, ROUTES, true), 7, data(70)),
                with(defined(4, MapSpec.of("default", "other", MapType.HASH, 4, 4, 64), true), 1,
                        data(1)));
        Report report = stream.awaitReport(sent -> sent.getAppliedRevision() == 5);
        assertEquals(1, report.getConditionsCount());
        assertEquals(
                "pin %s holds a hash with value_size 8, the store wants 4: rename or remove it, or change the definition"
                        .formatted(host.root().resolve("default/routes")),
                report.getConditions(0).getMessage());
        assertEquals(Errno.EEXIST.number(), report.getConditions(0).getErrno());
        assertEquals(3, agent.status().conditions().getFirst().mapId());
        assertEquals(foreign.info().id(), id(host, host.root().resolve("default/routes")));
        assertEquals(Bytes.u32le(1), lookup(host, host.root().resolve("default/other"), 1));
        host.kernel().unpin(host.root().resolve("default/routes"));
        stream.awaitReport(sent -> sent.getConditionsCount() == 0);
        assertEquals(Bytes.u32le(70), lookup(host, host.root().resolve("default/routes"), 7));
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void theLeaderIsFoundAndFoundAgain(Side side) throws Exception {
        KernelUnderTest host = host(side);
        FakeStore follower = opened(new FakeStore());
        FakeStore leader = opened(new FakeStore());
        follower.follow(leader.address());
        NestmapAgent agent = start(host, "127.0.0.1:1", follower.address());
        Stream stream = leader.accept();
        stream.snapshot(5, with(defined(3, ROUTES, true), 7, data(70)));
        assertTrue(agent.awaitApplied(5, PATIENCE));
        assertTrue(agent.status().connected());
        assertEquals(leader.address(), agent.status().server().orElseThrow());

        stream.fail(ErrorCodec.error(StoreError.NO_LEADER, "stepped down"));
        Stream next = leader.accept();
        assertEquals(Bytes.u32le(70), lookup(host, host.root().resolve("default/routes"), 7));
        next.snapshot(6, with(defined(3, ROUTES, true), 7, data(71)));
        assertTrue(agent.awaitApplied(6, PATIENCE));
        assertEquals(5 + 1, agent.status().receivedRevision());
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void aServerWithoutAPortIsAskedAtTheStoresOwn(Side side) throws Exception {
        NestmapAgent agent = start(host(side), "127.77.0.7");
        await(() -> agent.status().trouble().isPresent());
        assertEquals("127.77.0.7:7480", agent.status().server().orElseThrow());
        assertEquals("connection refused", agent.status().trouble().orElseThrow());
    }

    @Test
    void aServerThatIsNoAddressIsRefused() {
        assertEquals("server \"host1:port\": must be HOST:PORT, an IPv6 address in brackets",
                assertThrows(IllegalArgumentException.class,
                        () -> new AgentConfig("host1", List.of("host1:port"), Map.of(),
                                AgentConfig.DEFAULT_PIN_ROOT))
                        .getMessage());
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void anotherClusterIsNotFollowed(Side side) throws Exception {
        KernelUnderTest host = host(side);
        FakeStore store = opened(new FakeStore());
        NestmapAgent first = start(host, store.address());
        store.accept().snapshot(5, defined(3, ROUTES, true));
        assertTrue(first.awaitApplied(5, PATIENCE));
        first.close();

        NestmapAgent second = start(host, store.address());
        store.accept().send("another", 9, true, false);
        await(() -> second.status().stopped());
        assertTrue(second.status().trouble().orElseThrow().startsWith("this is cluster another"),
                second.status().toString());
        assertFalse(second.status().connected());
        assertEquals(0, second.status().appliedRevision());
        assertFalse(pinIsGone(host, host.root().resolve("default/routes")));
        second.close();

        NestmapAgent third = start(host, store.address());
        store.accept()
                .fail(ErrorCodec.error(StoreError.WRONG_CLUSTER, "not the cluster you followed"));
        await(() -> third.status().stopped());
        assertEquals("not the cluster you followed", third.status().trouble().orElseThrow());
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void aStoreThatWentBackChangesNothingHere(Side side) throws Exception {
        KernelUnderTest host = host(side);
        FakeStore store = opened(new FakeStore());
        NestmapAgent first = start(host, store.address());
        Stream stream = store.accept();
        stream.snapshot(5, defined(3, ROUTES, true));
        assertTrue(first.awaitApplied(5, PATIENCE));
        stream.fail(ErrorCodec.error(StoreError.NO_LEADER, "the member was exchanged"));
        store.accept().snapshot(4);
        await(() -> first.status().stopped());
        assertTrue(first.status().trouble().orElseThrow().contains("founded anew or restored"),
                first.status().toString());
        assertFalse(pinIsGone(host, host.root().resolve("default/routes")));
        first.close();

        NestmapAgent second = start(host, store.address());
        store.accept().snapshot(0);
        await(() -> second.status().stopped());
        assertFalse(pinIsGone(host, host.root().resolve("default/routes")));
    }

    @ParameterizedTest
    @EnumSource(value = Side.class, names = "SIMULATED")
    void aStreamThatMakesNoSenseIsOpenedAnew(Side side) throws Exception {
        KernelUnderTest host = host(side);
        FakeStore store = opened(new FakeStore());
        NestmapAgent agent = start(host, store.address());
        store.accept().difference(5, change(3));
        Stream second = store.accept();
        second.snapshot(6, defined(3, ROUTES, true));
        second.difference(7, with(change(3), 1, slot(9)));
        Stream third = store.accept();
        third.snapshot(8, with(defined(3, ROUTES, true), 1, data(1)));
        assertTrue(agent.awaitApplied(8, PATIENCE));
        assertEquals(Bytes.u32le(1), lookup(host, host.root().resolve("default/routes"), 1));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aPinRootTakesOneAgent(Side side) throws Exception {
        KernelUnderTest host = host(side);
        FakeStore store = opened(new FakeStore());
        NestmapAgent first = start(host, store.address());
        KernelUnderTest.assertRefused(Errno.EAGAIN, () -> start(host, store.address()).close());
        first.close();
        start(host, store.address());
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

    private NestmapAgent start(KernelUnderTest host, String... servers) throws KernelException {
        return opened(NestmapAgent.start(
                new AgentConfig("host1", List.of(servers), Map.of("role", "edge"), host.root()),
                host.kernel()));
    }

    private static int id(KernelUnderTest host, Path pin) throws KernelException {
        try (KernelMap map = host.kernel().openPin(pin).orElseThrow()) {
            return map.info().id();
        }
    }

    private static Bytes lookup(KernelUnderTest host, Path pin, int key) throws KernelException {
        try (KernelMap map = host.kernel().openPin(pin).orElseThrow()) {
            return map.lookup(Bytes.u32le(key)).orElseThrow();
        }
    }

    private static boolean pinIsGone(KernelUnderTest host, Path pin) {
        try (KernelMap map = host.kernel().openPin(pin).orElse(null)) {
            return map == null;
        } catch (KernelException e) {
            throw new AssertionError(e);
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
