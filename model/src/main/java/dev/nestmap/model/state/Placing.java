package dev.nestmap.model.state;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.Placement;
import java.util.Optional;

/**
 * The nodes that want a map become others. It keeps its id, its elements and its slots; where it was and stays, the kernel's map
 * stays too.
 */
final class Placing {
    private Placing() {}

    static Result run(Workspace workspace, MapState found, Placement placement) {
        Optional<Refusal> refusal = placement.check();
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        MapState map = workspace.settled(found);
        if (map.unlinked()) {
            return Transition.refused(Errno.ENOENT,
                    "place map id %d: its name is gone, so that it is where slots hold it; place the outer maps"
                            .formatted(map.id()));
        }
        // Whether one of the slots is of a map that is published sealed is not looked up: that walks all outer maps.
        if (map.slotReferences() > 0 && map.spec().placement() instanceof Placement.FollowsOuter
                && placement instanceof Placement.OnNodes) {
            return Transition.refused(Errno.EBUSY,
                    "place %s: %d slots hold it, and programs that opened it by a pin would miss what a sealed publish puts there; take it out of the slots first"
                            .formatted(map.spec().ref(), map.slotReferences()));
        }
        workspace.place(map, placement);
        return new Result.Done();
    }
}
