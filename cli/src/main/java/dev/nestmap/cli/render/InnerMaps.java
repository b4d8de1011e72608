package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import java.util.Optional;

/** Finds the maps that slots hold. */
@FunctionalInterface
public interface InnerMaps {
    /** The map with an id; empty where it is gone meanwhile. */
    Optional<MapDescription> find(long id);
}
