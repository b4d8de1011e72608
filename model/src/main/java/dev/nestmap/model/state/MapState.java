package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Tree;

/**
 * One map with its elements.
 *
 * @param id cluster-wide, never reused
 * @param frozen no element can be changed any more
 * @param unlinked the name is gone, slots still hold the map
 * @param slotReferences slots that hold this map, over all outer maps
 * @param elements in stored form (see {@link dev.nestmap.model.map.StoredElements})
 * @param modifiedRevision the last revision that changed anything in this record but {@code slotReferences}
 */
public record MapState(
        long id,
        MapSpec spec,
        boolean frozen,
        boolean unlinked,
        long slotReferences,
        Tree<Bytes> elements,
        long createdRevision,
        long modifiedRevision) {

    MapState withSlotReferences(long count) {
        return new MapState(id, spec, frozen, unlinked, count, elements, createdRevision,
                modifiedRevision);
    }

    MapState withElements(Tree<Bytes> newElements, long revision) {
        return new MapState(id, spec, frozen, unlinked, slotReferences, newElements,
                createdRevision,
                revision);
    }

    MapState freeze(long revision) {
        return new MapState(id, spec, true, unlinked, slotReferences, elements, createdRevision,
                revision);
    }

    MapState withPlacement(Placement placement, long revision) {
        return new MapState(id, spec.withPlacement(placement), frozen, unlinked, slotReferences,
                elements, createdRevision, revision);
    }

    MapState unlink(long revision) {
        return new MapState(id, spec, frozen, true, slotReferences, elements, createdRevision,
                revision);
    }

    /** The map's key in the order of ids. */
    public static Bytes key(long id) {
        return Bytes.u64be(id);
    }
}
