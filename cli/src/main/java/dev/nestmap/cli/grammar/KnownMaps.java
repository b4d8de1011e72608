package dev.nestmap.cli.grammar;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;

/** Finds the definitions that words refer to; throws what its caller throws where there is none. */
@FunctionalInterface
public interface KnownMaps {
    /** The definition of a map. */
    MapSpec spec(MapRef map);
}
