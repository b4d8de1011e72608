package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Maps picked by what never changes in them: id, namespace. */
final class WatchView implements View {
    private final Predicate<MapState> picked;
    private FleetState state;

    WatchView(FleetState from, Predicate<MapState> picked) {
        this.state = from;
        this.picked = picked;
    }

    @Override
    public List<MapStep> advance(FleetState next) {
        List<MapStep> steps = new ArrayList<>();
        Tree.difference(state.maps(), next.maps()).forEach(change -> {
            MapState before = pick(change.before());
            MapState after = pick(change.after());
            if (before != null || after != null) {
                steps.add(new MapStep(before, after, false));
            }
        });
        state = next;
        return NodeView.ordered(steps);
    }

    private @Nullable MapState pick(@Nullable MapState map) {
        return map != null && picked.test(map) ? map : null;
    }
}
