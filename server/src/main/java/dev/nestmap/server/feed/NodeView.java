package dev.nestmap.server.feed;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is placed on one node: the maps whose placement matches its labels, and the maps that slots of those hold. Kept up by what
 * changed, so that a step costs the change and not the state; only a change of the node's labels costs a walk over all maps.
 */
final class NodeView implements View {
    private final String node;
    private final Map<String, String> ownLabels;
    private Map<String, String> labels;
    private FleetState state;
    private Contents contents;

    /** Sees nothing yet. */
    NodeView(String node, Map<String, String> ownLabels) {
        this.node = node;
        this.ownLabels = Map.copyOf(ownLabels);
        this.state = FleetState.EMPTY;
        this.labels = effectiveLabels(ownLabels, state.labels(node));
        this.contents = new Contents();
    }

    /** The labels of an agent with those of the store over them. */
    static Map<String, String> effectiveLabels(Map<String, String> own,
            Map<String, String> fromStore) {
        Map<String, String> merged = new HashMap<>(own);
        merged.putAll(fromStore);
        return merged;
    }

    @Override
    public List<MapStep> advance(FleetState next) {
        Map<String, String> nextLabels = effectiveLabels(ownLabels, next.labels(node));
        List<MapStep> steps = nextLabels.equals(labels) ? follow(next) : restart(next, nextLabels);
        state = next;
        return ordered(steps);
    }

    /** Inner maps before outer ones, what goes last: no slot ever names a map that is not there. */
    static List<MapStep> ordered(List<MapStep> steps) {
        List<MapStep> sorted = new ArrayList<>(steps);
        sorted.sort(Comparator.comparingInt(NodeView::rank));
        return sorted;
    }

    private static int rank(MapStep step) {
        MapState map = step.after() == null ? step.before() : step.after();
        boolean outer = map != null && map.spec().type().isOuter();
        if (step.after() == null) {
            return outer ? 2 : 3;
        }
        return outer ? 1 : 0;
    }

    private List<MapStep> follow(FleetState next) {
        Map<Long, Boolean> seenBefore = new TreeMap<>();
        Map<Long, Boolean> placedBefore = new TreeMap<>();
        for (Change<MapState> change : Tree.difference(state.maps(), next.maps())) {
            MapState before = change.before();
            MapState after = change.after();
            long id = after == null ? id(before) : after.id();
            seenBefore.putIfAbsent(id, contents.sees(id));
            placedBefore.put(id, contents.placed.contains(id));
            boolean wasPlaced = contents.placed.contains(id);
            boolean isPlaced = after != null && wants(after, labels);
            contents.place(id, isPlaced);
            Tree<Bytes> slotsBefore = wasPlaced ? slots(before) : Tree.ofBytes();
            Tree<Bytes> slotsAfter = isPlaced ? slots(after) : Tree.ofBytes();
            contents.moveSlots(slotsBefore, slotsAfter, seenBefore);
        }
        List<MapStep> steps = new ArrayList<>();
        seenBefore.forEach((id, sawBefore) -> {
            MapState before = sawBefore ? state.map(id) : null;
            MapState after = contents.sees(id) ? next.map(id) : null;
            boolean placed = contents.placed.contains(id);
            boolean moved = placedBefore.getOrDefault(id, placed) != placed;
            if ((before != null || after != null)
                    && (moved || !Objects.equals(before, after))) {
                steps.add(new MapStep(before, after, placed));
            }
        });
        return steps;
    }

    private List<MapStep> restart(FleetState next, Map<String, String> nextLabels) {
        Contents renewed = new Contents();
        for (Entry<MapState> entry : next.maps()) {
            MapState map = entry.value();
            if (wants(map, nextLabels)) {
                renewed.place(map.id(), true);
                renewed.moveSlots(Tree.ofBytes(), slots(map), new TreeMap<>());
            }
        }
        Set<Long> ids = contents.all();
        ids.addAll(renewed.all());
        List<MapStep> steps = new ArrayList<>();
        for (long id : ids) {
            MapState before = contents.sees(id) ? state.map(id) : null;
            MapState after = renewed.sees(id) ? next.map(id) : null;
            boolean moved = contents.placed.contains(id) != renewed.placed.contains(id);
            if (moved || !Objects.equals(before, after)) {
                steps.add(new MapStep(before, after, renewed.placed.contains(id)));
            }
        }
        labels = nextLabels;
        contents = renewed;
        return steps;
    }

    /** A map without a name has no pin of its own any more; it is where slots hold it. */
    static boolean wants(MapState map, Map<String, String> labels) {
        return !map.unlinked() && map.spec().placement().wants(labels);
    }

    private static Tree<Bytes> slots(@Nullable MapState map) {
        return map != null && map.spec().type().isOuter() ? map.elements() : Tree.ofBytes();
    }

    private static long id(@Nullable MapState map) {
        if (map == null) {
            throw new IllegalStateException("a change from nothing to nothing");
        }
        return map.id();
    }

    /** Which maps are there, and why. */
    private static final class Contents {
        /** Maps that are here for their own sake. */
        final TreeSet<Long> placed = new TreeSet<>();
        /** How many slots of placed outer maps hold a map. */
        final Map<Long, Integer> held = new HashMap<>();

        boolean sees(long id) {
            return placed.contains(id) || held.containsKey(id);
        }

        void place(long id, boolean isPlaced) {
            if (isPlaced) {
                placed.add(id);
            } else {
                placed.remove(id);
            }
        }

        /** Counts the slots that changed, and notes for each map they name whether it was seen before. */
        void moveSlots(Tree<Bytes> before, Tree<Bytes> after, Map<Long, Boolean> seenBefore) {
            for (Change<Bytes> change : Tree.difference(before, after)) {
                count(change.before(), -1, seenBefore);
                count(change.after(), 1, seenBefore);
            }
        }

        private void count(@Nullable Bytes slot, int difference, Map<Long, Boolean> seenBefore) {
            if (slot == null) {
                return;
            }
            long id = StoredElements.slotMapId(slot);
            seenBefore.putIfAbsent(id, sees(id));
            held.merge(id, difference, (a, b) -> a + b == 0 ? null : a + b);
        }

        Set<Long> all() {
            Set<Long> ids = new TreeSet<>(placed);
            ids.addAll(held.keySet());
            return ids;
        }
    }
}
