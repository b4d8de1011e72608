package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Tree;

/**
 * One map as the store wants it on this node.
 *
 * @param id the store's id of it, never reused
 * @param frozen no system call may change it any more
 * @param unlinked its name is gone, slots still hold it
 * @param placed wanted on this node for its own sake, not only because a slot holds it
 * @param elements in stored form (see {@link dev.nestmap.model.map.MapElements}); empty for a type that is not held here
 */
public record DesiredMap(
        long id,
        MapSpec spec,
        boolean frozen,
        boolean unlinked,
        boolean placed,
        Tree<Bytes> elements) {
    /** True where programs find it by its name; otherwise only slots lead to it. */
    boolean hasName() {
        return placed && !unlinked && !(spec.placement() instanceof Placement.FollowsOuter);
    }
}
