package dev.nestmap.server.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.LabelSelector.Operator;
import dev.nestmap.model.placement.LabelSelector.Requirement;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Transition;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.MapCondition;
import dev.nestmap.proto.v1.Report;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NodeRegistryTest {
    private final AtomicLong nanos = new AtomicLong();
    private final NodeRegistry registry = new NodeRegistry(nanos::get);

    private static Hello hello(String node, int incarnation, String role) {
        return Hello.newBuilder()
                .setNode(node)
                .putLabels("role", role)
                .setIncarnation(ByteString
                        .copyFrom(Bytes.u64be(incarnation).concat(Bytes.zeros(8)).toByteArray()))
                .build();
    }

    private static MapState mapForRole(String role) {
        Placement placement = new Placement.OnNodes(
                new LabelSelector(List.of(new Requirement("role", Operator.IN, List.of(role)))));
        FleetState state = Transition.apply(FleetState.EMPTY,
                new Command.Create(
                        MapSpec.of("default", "m", MapType.HASH, 4, 4, 8).withPlacement(placement),
                        new InnerSource.None()))
                .state();
        return Objects.requireNonNull(state.map(1));
    }

    @Test
    void aSecondStreamOfTheSameNodeEndsTheFirst() {
        AtomicInteger ended = new AtomicInteger();
        Runnable first = ended::incrementAndGet;
        registry.connect(hello("a", 1, "lb"), first);
        registry.connect(hello("a", 2, "lb"), () -> {});
        assertEquals(1, ended.get());
        registry.disconnect("a", first);
        assertTrue(registry.find("a").orElseThrow().connected(),
                "the end of the first stream does not end the second");
        assertEquals(1, registry.connected());
    }

    @Test
    void reportsOfAnEndedStreamAreIgnored() {
        Runnable first = () -> {};
        registry.connect(hello("a", 1, "lb"), first);
        registry.connect(hello("a", 2, "lb"), () -> nanos.incrementAndGet());
        registry.report("a", first, Report.newBuilder().setAppliedRevision(9).build());
        assertEquals(0, registry.find("a").orElseThrow().report().getAppliedRevision());
    }

    @Test
    void theQuestionNamesWhoIsNotThereAndWhy() {
        Runnable a = () -> {};
        Runnable b = () -> nanos.get();
        Runnable c = () -> nanos.incrementAndGet();
        registry.connect(hello("a", 1, "lb"), a);
        registry.connect(hello("b", 1, "lb"), b);
        registry.connect(hello("c", 1, "db"), c);
        registry.report("a", a,
                Report.newBuilder().setReceivedRevision(5).setAppliedRevision(5).build());
        registry.report("b", b, Report.newBuilder()
                .setReceivedRevision(5)
                .setAppliedRevision(4)
                .addConditions(MapCondition.newBuilder().setMapId(1).setMessage("no memory"))
                .build());
        AppliedQuestion question = new AppliedQuestion(registry);
        MapState map = mapForRole("lb");
        AppliedQuestion.Standing standing = question.standing(FleetState.EMPTY, map, 5);
        assertEquals(List.of("a"), standing.applied());
        assertEquals("b", standing.missing().getFirst().getNode());
        assertEquals("no memory", standing.missing().getFirst().getReason());
        assertEquals(1, standing.missing().size(), "c does not want the map");

        registry.disconnect("a", a);
        nanos.addAndGet(Duration.ofSeconds(7).toNanos());
        assertTrue(question.standing(FleetState.EMPTY, map, 6)
                .missing()
                .getFirst()
                .getReason()
                .contains("7 s ago"));
    }

    @Test
    void anOuterMapIsNotAppliedWhileAMapInItsSlotsIsNot() {
        Runnable stream = () -> {};
        FleetState state = FleetState.EMPTY;
        MapRef inner = new MapRef.ByName("default", "inner");
        MapRef outer = new MapRef.ByName("default", "outer");
        for (Command command : List.of(
                new Command.Create(MapSpec.of("default", "inner", MapType.ARRAY, 4, 4, 1),
                        new InnerSource.None()),
                new Command.Create(MapSpec.of("default", "idle", MapType.ARRAY, 4, 4, 1),
                        new InnerSource.None()),
                new Command.Create(MapSpec.of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, 1),
                        new InnerSource.CopiedFrom(inner)),
                new Command.Update(outer, Bytes.u32le(0), new Value.Slot(inner), 0))) {
            state = Transition.apply(state, command).state();
        }
        MapState map = Objects.requireNonNull(state.map(3));
        registry.connect(hello("a", 1, "lb"), stream);
        Report.Builder report = Report.newBuilder().setReceivedRevision(9).setAppliedRevision(9);
        MapCondition.Builder condition = MapCondition.newBuilder().setMessage("no memory");
        AppliedQuestion question = new AppliedQuestion(registry);
        registry.report("a", stream,
                report.clone().addConditions(condition.setMapId(2).setName("idle")).build());
        assertEquals(List.of("a"), question.standing(state, map, 9).applied());
        registry.report("a", stream,
                report.clone().addConditions(condition.setMapId(1).setName("inner")).build());
        assertEquals("its inner map \"inner\" (id 1): no memory",
                question.standing(state, map, 9).missing().getFirst().getReason());
    }

    @Test
    void aWaiterIsAnsweredByTheReportThatMakesItTrue() throws Exception {
        Runnable stream = () -> {};
        registry.connect(hello("a", 1, "lb"), stream);
        CompletableFuture<Optional<String>> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return registry.await(() -> registry.find("a")
                        .filter(node -> node.report().getAppliedRevision() == 3)
                        .map(NodeRecord::name), Duration.ofSeconds(30), () -> false);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        registry.report("a", stream, Report.newBuilder().setAppliedRevision(2).build());
        registry.report("a", stream, Report.newBuilder().setAppliedRevision(3).build());
        assertEquals(Optional.of("a"), answer.get(30, TimeUnit.SECONDS));
    }

    @Test
    void clearingEndsAllStreams() {
        AtomicInteger ended = new AtomicInteger();
        registry.connect(hello("a", 1, "lb"), ended::incrementAndGet);
        registry.clear();
        assertEquals(1, ended.get());
        assertFalse(registry.find("a").isPresent());
    }
}
