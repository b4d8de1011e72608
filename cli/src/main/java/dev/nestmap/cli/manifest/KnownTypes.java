package dev.nestmap.cli.manifest;

import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.MapRef;
import java.util.Optional;

/** Knows the types of maps whose documents leave them out. */
@FunctionalInterface
public interface KnownTypes {
    /** Knows none. */
    KnownTypes NONE = _ -> Optional.empty();

    /** The types of a map; empty where there is no such map or it has none. */
    Optional<MapBtf> of(MapRef.ByName map);
}
