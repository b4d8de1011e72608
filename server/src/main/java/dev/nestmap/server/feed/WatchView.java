package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The maps, and of a single map the keys, that a watch shows. A step costs what changed among them. */
final class WatchView implements View {
    private final Watched watched;
    private FleetState state;
    /** Of the one map whose keys are asked for; null until it is met. */
    private @Nullable KeyRange keys;

    WatchView(FleetState from, Watched watched) {
        this.state = from;
        this.watched = watched;
    }

    @Override
    public List<MapStep> advance(FleetState next) {
        List<MapStep> steps = new ArrayList<>();
        if (watched.mapId() != 0) {
            add(steps, state.map(watched.mapId()), next.map(watched.mapId()));
        } else {
            Tree.difference(state.maps(), next.maps())
                    .forEach(change -> add(steps, change.before(), change.after()));
        }
        state = next;
        return NodeView.ordered(steps);
    }

    /** Which keys of the maps in the last steps are shown. */
    KeyRange keys() {
        if (watched.keys().isAll()) {
            return KeyRange.ALL;
        }
        KeyRange resolved = keys;
        if (resolved == null) {
            throw new IllegalStateException("no map was met whose keys these are: " + watched);
        }
        return resolved;
    }

    private void add(List<MapStep> steps, @Nullable MapState found, @Nullable MapState followed) {
        MapState before = watched.pick(found);
        MapState after = watched.pick(followed);
        MapState met = after == null ? before : after;
        if (met == null) {
            return;
        }
        if (keys == null) {
            keys = watched.keys().in(met.spec());
        }
        if (shows(before, after)) {
            steps.add(new MapStep(before, after, false));
        }
    }

    /**
     * Of a range, counts that changed because of other keys are not worth a message. Of a whole map, what changed and changed back
     * is: near-caches drop what they read in between. The states differ by the revision that modified them.
     */
    private boolean shows(@Nullable MapState before, @Nullable MapState after) {
        if (before == null || after == null || keys().isAll()) {
            return !Objects.equals(before, after);
        }
        return before.frozen() != after.frozen() || before.unlinked() != after.unlinked()
                || !before.spec().equals(after.spec())
                || keys()
                        .difference(before.elements(), after.elements())
                        .iterator()
                        .hasNext();
    }
}
