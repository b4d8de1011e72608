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

    private void add(List<MapStep> steps, @Nullable MapState found, @Nullable MapState followed) {
        MapState before = watched.pick(found);
        MapState after = watched.pick(followed);
        if ((before != null || after != null) && shows(before, after)) {
            steps.add(new MapStep(before, after, false));
        }
    }

    /** Of a range, counts that changed because of other keys are not worth a message. */
    private boolean shows(@Nullable MapState before, @Nullable MapState after) {
        if (before == null || after == null || watched.keys().isAll()) {
            return !Objects.equals(before, after);
        }
        return before.frozen() != after.frozen() || before.unlinked() != after.unlinked()
                || watched.keys()
                        .difference(before.elements(), after.elements())
                        .iterator()
                        .hasNext();
    }
}
