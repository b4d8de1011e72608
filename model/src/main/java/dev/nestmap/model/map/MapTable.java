package dev.nestmap.model.map;

import org.jspecify.annotations.Nullable;

/** The maps that a slot can be given, and what counts for it: the id and the definition. */
@FunctionalInterface
public interface MapTable {
    /** The map that is meant; null where there is none. */
    @Nullable
    Candidate find(MapRef ref);

    /** A map that may be put into a slot. */
    record Candidate(long id, MapSpec spec) {}
}
