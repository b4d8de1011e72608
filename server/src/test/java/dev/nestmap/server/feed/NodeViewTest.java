package dev.nestmap.server.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.StoredElements;
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
import dev.nestmap.model.tree.Entry;
import dev.nestmap.proto.v1.MapChange;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeViewTest {
    private static final String NODE = "n1";

    /** What a follower knows after it applied all steps. */
    private record Known(MapState map, boolean placed) {}

    private static Map<Long, Known> expected(FleetState state, Map<String, String> ownLabels) {
        Map<String, String> labels = NodeView.effectiveLabels(ownLabels, state.labels(NODE));
        Map<Long, Known> expected = new TreeMap<>();
        for (Entry<MapState> entry : state.maps()) {
            MapState map = entry.value();
            if (!NodeView.wants(map, labels)) {
                continue;
            }
            expected.put(map.id(), new Known(map, true));
            if (map.spec().type().isOuter()) {
                for (Entry<Bytes> slot : map.elements()) {
                    long inner = StoredElements.slotMapId(slot.value());
                    MapState held = state.map(inner);
                    if (held != null) {
                        expected.putIfAbsent(inner, new Known(held, NodeView.wants(held, labels)));
                    }
                }
            }
        }
        return expected;
    }

    private static void apply(Map<Long, Known> known, List<MapStep> steps) {
        int rank = 0;
        for (MapStep step : steps) {
            MapState after = step.after();
            MapState any = java.util.Objects.requireNonNull(after == null ? step.before() : after);
            boolean outer = any.spec().type().isOuter();
            int here = after == null ? (outer ? 2 : 3) : outer ? 1 : 0;
            assertTrue(here >= rank, "inner maps come before outer ones and go after them");
            rank = here;
            Known before = known.get(step.mapId());
            assertEquals(before == null ? null : before.map(), step.before(),
                    "the difference starts from what was sent");
            if (after == null) {
                known.remove(step.mapId());
            } else {
                known.put(after.id(), new Known(after, step.placed()));
            }
        }
    }

    private static Placement placement(SplittableRandom random) {
        return switch (random.nextInt(4)) {
            case 0 -> Placement.everywhere();
            case 1 -> new Placement.FollowsOuter();
            case 2 -> onlyOn("a");
            default -> onlyOn("b");
        };
    }

    private static Command command(SplittableRandom random, FleetState state) {
        String inner = "i" + random.nextInt(5);
        String outer = "o" + random.nextInt(3);
        return switch (random.nextInt(14)) {
            case 0, 1 -> new Command.Create(
                    MapSpec.of("default", inner, MapType.HASH, 4, 4, 8)
                            .withPlacement(placement(random)),
                    new InnerSource.None());
            case 2 -> new Command.Create(
                    MapSpec.of("default", outer, MapType.ARRAY_OF_MAPS, 4, 4, 4)
                            .withPlacement(placement(random)),
                    new InnerSource.Given(
                            MapSpec.of("default", "x", MapType.HASH, 4, 4, 8).asTemplate()));
            case 3 -> new Command.Delete(
                    new MapRef.ByName("default", random.nextBoolean() ? inner : outer));
            case 4 -> new Command.SetLabels(NODE,
                    new TreeMap<>(Map.of("role", random.nextBoolean() ? "a" : "b")), List.of());
            case 12, 13 -> new Command.Place(
                    new MapRef.ByName("default", random.nextBoolean() ? inner : outer),
                    placement(random));
            case 5 -> new Command.DeleteElem(new MapRef.ByName("default", outer),
                    Bytes.u32le(random.nextInt(4)));
            case 6, 7, 8 -> new Command.Update(new MapRef.ByName("default", outer),
                    Bytes.u32le(random.nextInt(4)),
                    new Value.Slot(
                            new MapRef.ById(random.nextLong(Math.max(1, state.lastMapId())) + 1)),
                    0);
            default -> new Command.Update(new MapRef.ByName("default", inner),
                    Bytes.u32le(random.nextInt(8)),
                    new Value.Data(Bytes.u32le(random.nextInt())), 0);
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aViewThatFollowsChangesSeesWhatAFreshOneSees(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        FleetState state = FleetState.EMPTY;
        NodeView view = new NodeView(NODE, Map.of("role", "a"));
        Map<Long, Known> known = new TreeMap<>();
        for (int i = 0; i < 4000; i++) {
            state = Transition.apply(state, command(random, state)).state();
            if (random.nextInt(3) == 0) {
                apply(known, view.advance(state));
                assertEquals(expected(state, Map.of("role", "a")), known,
                        "seed " + seed + " step " + i);
            }
        }
    }

    @Test
    void aMapThatIsPlacedElsewhereLeavesOneNodeAndComesWholeToAnother() {
        Versions versions = new Versions(8);
        long id = versions.create("m", MapType.HASH, 4);
        versions.put("m", Bytes.u32le(1), 7);
        NodeView a = new NodeView("a", Map.of("role", "a"));
        NodeView b = new NodeView("b", Map.of("role", "b"));
        FleetState everywhere = versions.newest();
        assertEquals(List.of(id), ids(a.advance(everywhere)));
        assertEquals(List.of(id), ids(b.advance(everywhere)));
        var _ = versions.run(new Command.Place(Versions.ref("m"), onlyOn("b")));
        List<MapStep> left = a.advance(versions.newest());
        assertEquals(List.of(id), ids(left));
        assertNull(left.getFirst().after());
        List<MapStep> kept = b.advance(versions.newest());
        assertEquals(0, new Chunks(kept, SentDefinitions.fromNothing(), 1 << 20).next()
                .getFirst()
                .getSetCount(), "its elements are there already");
        var _ = versions.run(new Command.Place(Versions.ref("m"), onlyOn("a")));
        MapChange came = new Chunks(a.advance(versions.newest()), SentDefinitions.fromNothing(),
                1 << 20).next().getFirst();
        assertEquals(1, came.getSetCount());
        assertEquals("m", came.getInfo().getSpec().getName());
    }

    private static List<Long> ids(List<MapStep> steps) {
        return steps.stream().map(MapStep::mapId).toList();
    }

    private static Placement onlyOn(String role) {
        return new Placement.OnNodes(
                new LabelSelector(List.of(new Requirement("role", Operator.IN, List.of(role)))));
    }

    @Test
    void aLargeMapIsSentInPiecesThatJoinToTheWhole() {
        FleetState state = Transition.apply(FleetState.EMPTY,
                new Command.Create(MapSpec.of("default", "m", MapType.HASH, 4, 64, 10_000),
                        new InnerSource.None()))
                .state();
        for (int i = 0; i < 2000; i++) {
            state = Transition
                    .apply(state,
                            new Command.Update(new MapRef.ByName("default", "m"), Bytes.u32le(i),
                                    new Value.Data(Bytes.zeros(60).concat(Bytes.u32le(i))), 0))
                    .state();
        }
        NodeView view = new NodeView(NODE, Map.of());
        Chunks chunks = new Chunks(view.advance(state), SentDefinitions.fromNothing(), 16 * 1024);
        int elements = 0;
        int messages = 0;
        int infos = 0;
        while (chunks.hasNext()) {
            messages++;
            int sizeBytes = 0;
            for (MapChange change : chunks.next()) {
                elements += change.getSetCount();
                infos += change.hasInfo() ? 1 : 0;
                sizeBytes += change.getSerializedSize();
            }
            assertTrue(sizeBytes < 20 * 1024, "a message stays near the limit: " + sizeBytes);
        }
        assertEquals(2000, elements);
        assertEquals(1, infos);
        assertTrue(messages > 5);
    }
}
