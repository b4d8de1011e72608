package dev.nestmap.model.state;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.Placement;
import java.util.Optional;

/**
 * The nodes that want a map become others. It keeps its id, its elements and its slots; where it was and stays, the kernel's map
 * stays too. Only for maps that are on nodes for their own sake: what slots alone lead to may have been exchanged by a sealed
 * publish, and frozen, so that no name can lead to it afterwards.
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
        if (map.spec().placement().isOnNodes() != placement.isOnNodes()) {
            return Transition.refused(Errno.EINVAL,
                    "place %s: it is placed on %s; a map that is found by its name does not become one that only slots lead to, nor the other way round: create another map"
                            .formatted(map.spec().ref(), map.spec().placement().describe()));
        }
        workspace.place(map, placement);
        return new Result.Done();
    }
}
