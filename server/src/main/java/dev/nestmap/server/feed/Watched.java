package dev.nestmap.server.feed;

import dev.nestmap.model.state.MapState;
import org.jspecify.annotations.Nullable;

/**
 * What a watch shows: maps picked by what never changes in them.
 *
 * @param namespace only this one; empty: all
 * @param mapId only this map; 0: all of the namespace
 * @param keys only these; all unless one map is watched
 * @param fromRevision the first change wanted; 0: a snapshot first
 * @param previousValues tell the elements as they were before
 */
public record Watched(
        String namespace,
        long mapId,
        AskedKeys keys,
        long fromRevision,
        boolean previousValues) {
    @Nullable
    MapState pick(@Nullable MapState map) {
        return map != null && (mapId == 0 || map.id() == mapId)
                && (namespace.isEmpty() || map.spec().namespace().equals(namespace)) ? map : null;
    }
}
