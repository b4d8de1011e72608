package dev.nestmap.server.feed;

import dev.nestmap.model.state.MapState;
import org.jspecify.annotations.Nullable;

/**
 * What became of one map between two views.
 *
 * @param before as it was seen; null: it was not
 * @param after as it is seen; null: it is not any more
 * @param placed whether it is wanted on the node for its own sake
 */
record MapStep(@Nullable MapState before, @Nullable MapState after, boolean placed) {
    MapStep {
        if (before == null && after == null) {
            throw new IllegalArgumentException("a step from nothing to nothing");
        }
    }

    long mapId() {
        MapState any = after == null ? before : after;
        if (any == null) {
            throw new IllegalStateException("checked at creation");
        }
        return any.id();
    }
}
