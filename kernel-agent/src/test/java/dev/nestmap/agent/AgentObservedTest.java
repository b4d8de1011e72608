package dev.nestmap.agent;

import static dev.nestmap.agent.FakeStore.data;
import static dev.nestmap.agent.FakeStore.defined;
import static dev.nestmap.agent.FakeStore.slot;
import static dev.nestmap.agent.FakeStore.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.FakeStore.Stream;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.local.StatusSocket;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.AgentStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an agent says of itself: at its socket, and as series. */
final class AgentObservedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final MapSpec ROUTES = MapSpec.of("default", "routes", MapType.HASH, 4, 4, 8);
    private static final MapSpec PORTS = MapSpec.of("default", "ports", MapType.DEVMAP, 4, 4, 4);
    private static final MapSpec INNER = MapSpec.of("default", "inner", MapType.ARRAY, 4, 4, 1)
            .withPlacement(new Placement.FollowsOuter());
    private static final MapSpec OUTER = MapSpec
            .of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, 8)
            .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 4, 1, 0));

    @TempDir
    Path state;

    private KernelUnderTest host = new KernelUnderTest(Side.SIMULATED);
    private final FakeStore store;
    private final ArrayDeque<NestmapAgent> agents = new ArrayDeque<>();
    private final AgentMetrics metrics = new AgentMetrics();

    AgentObservedTest() throws IOException {
        store = new FakeStore();
    }

    private Stream start(Side side) throws Exception {
        host.close();
        host = new KernelUnderTest(side);
        AgentConfig config = new AgentConfig("host1", List.of(store.address()),
                Map.of("role", "edge"), host.root()).withStateDirectory(state);
        agents.push(NestmapAgent.start(config, host.kernel(), metrics));
        Stream stream = store.accept();
        stream.snapshot(10, with(defined(1, INNER, false), 0, data(5)),
                with(defined(2, OUTER, true), 3, slot(1)),
                with(with(defined(3, ROUTES, true), 7, data(70)), 8, data(80)),
                with(defined(4, PORTS, true), 0, new Value.Expression("ifindex(\"gone\")")));
        assertTrue(agents.getFirst().awaitApplied(10, PATIENCE));
        return stream;
    }

    @AfterEach
    void closeAll() throws Exception {
        agents.forEach(NestmapAgent::close);
        store.close();
        host.close();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void itSaysAtItsSocketHowItStands(Side side) throws Exception {
        start(side);
        Path socket = AgentConfig.statusSocket(state, host.root());
        await(() -> ask(socket).getCheckpointRevision() == 10);
        AgentStatus status = ask(socket);
        assertEquals("host1", status.getNode());
        assertEquals(Map.of("role", "edge"), status.getLabelsMap());
        assertTrue(status.getConnected() && status.getReady() && !status.getStopped());
        assertEquals(store.address(), status.getServer());
        assertEquals(10, status.getReport().getAppliedRevision());
        assertEquals("default/ports", status.getReport().getConditions(0).getNamespace() + "/"
                + status.getReport().getConditions(0).getName());
        assertEquals(List.of("inner", "outer", "routes", "ports"),
                status.getMapsList().stream().map(map -> map.getName()).toList());
        assertEquals(8, status.getMaps(2).getMaxEntries());
        assertEquals(2, status.getMaps(2).getElements());
        assertEquals(host.root().resolve("default/routes").toString(), status.getMaps(2).getPin());
        assertTrue(status.getFacts().getProbe().getFreeze());
        assertTrue(status.getRunsMillis() >= status.getConnectedMillis());

        store.close();
        await(() -> !ask(socket).getConnected());
        assertFalse(ask(socket).getTrouble().isEmpty());
        agents.pop().close();
        assertThrows(IOException.class, () -> StatusSocket.ask(socket));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void itCountsAndTimesWhatItDoes(Side side) throws Exception {
        Stream stream = start(side);
        await(() -> metrics.scrape()
                .contains("nestmap_bpf_map_entries{map=\"default/routes\"} 2.0\n"));
        assertSeries("nestmap_bpf_map_capacity{map=\"default/routes\"} 8.0",
                "nestmap_bpf_map_pressure{map=\"default/routes\"} 0.25",
                "nestmap_bpf_map_ops_total{map=\"default/routes\",operation=\"update\",outcome=\"success\"} 2.0",
                "nestmap_bpf_map_ops_total{map=\"default/outer\",operation=\"update_slots\",outcome=\"success\"} 1.0",
                "nestmap_bpf_syscall_duration_seconds_count{operation=\"create\",outcome=\"success\"} 4",
                "nestmap_commit_grace_period_seconds_count 1",
                "nestmap_received_revision 10.0", "nestmap_staged_revision 10.0",
                "nestmap_applied_revision 10.0", "nestmap_agent_connected 1.0",
                "nestmap_agent_ready 1.0", "nestmap_agent_maps 4.0",
                "nestmap_reconciler_errors_current{errno=\"ENODEV\"} 1.0",
                "nestmap_sealed_generations{map=\"default/routes\"} 0.0");
        String scraped = metrics.scrape();
        assertTrue(scraped.contains("nestmap_reconciler_duration_seconds_count "), scraped);
        assertTrue(scraped.contains("nestmap_agent_info{kernel=\""), scraped);
        assertTrue(scraped.contains("process_cpu_usage "), scraped);
        assertFalse(scraped.contains("nestmap_bpf_map_entries{map=\"default/inner\"}"),
                "the entries of an array are always there");

        assertSeries("nestmap_drift_open 0.0", "nestmap_drift_found_total{kind=\"contents\"} 0.0");
        try (KernelMap routes = host.kernel()
                .openPin(host.root().resolve("default/routes"))
                .orElseThrow()) {
            routes.update(Bytes.u32le(9), Bytes.u32le(9), 0);
        }
        await(() -> metrics.scrape()
                .contains("nestmap_drift_mended_total{kind=\"contents\"} 1.0\n"));
        assertSeries("nestmap_drift_open 0.0", "nestmap_drift_found_total{kind=\"contents\"} 1.0",
                "nestmap_drift_found_total{kind=\"identity\"} 0.0",
                "nestmap_drift_held_back_total 0.0");

        stream.difference(11, FakeStore.removed(3));
        assertTrue(agents.getFirst().awaitApplied(11, PATIENCE));
        await(() -> !metrics.scrape().contains("default/routes"));
        assertSeries("nestmap_reconciler_prune_count_total 1.0");
    }

    private void assertSeries(String... lines) {
        List<String> scraped = metrics.scrape().lines().toList();
        for (String line : lines) {
            assertTrue(scraped.contains(line), line + " is not in\n" + String.join("\n", scraped));
        }
    }

    private static AgentStatus ask(Path socket) {
        try {
            return StatusSocket.ask(socket);
        } catch (IOException e) {
            throw new AssertionError("ask " + socket, e);
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
