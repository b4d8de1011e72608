package dev.nestmap.client;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;

/**
 * A map as the store holds it.
 *
 * @param id cluster-wide, never reused, unrelated to any kernel map id
 * @param spec the definition; its name stays readable after the map was deleted while slots still hold it
 * @param frozen no element can be changed any more
 * @param unlinked deleted, and alive only because slots hold it
 * @param slotReferences slots of outer maps that hold it
 * @param elements elements held; for array types those that differ from the initial value
 * @param createdRevision the revision that created it
 * @param modifiedRevision the last revision that changed its contents or its state
 */
public record MapDescription(
        long id,
        MapSpec spec,
        boolean frozen,
        boolean unlinked,
        long slotReferences,
        long elements,
        long createdRevision,
        long modifiedRevision) {
    /** A reference that stays good when the name goes to another map. */
    public MapRef.ById ref() {
        return new MapRef.ById(id);
    }
}
