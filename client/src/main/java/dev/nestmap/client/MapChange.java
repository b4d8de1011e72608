package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one map. The parts apply in this order.
 *
 * @param description present where the map was defined or its state (counts, the revision of its last change) changed
 * @param removed the map is gone; nothing else is set then
 * @param set elements written, in ascending order of unsigned key bytes
 * @param deleted keys deleted; in arrays: set back to zeros, slots emptied
 * @param previous the values before, by key, where they were asked for: of what was set or deleted and had one
 */
public record MapChange(
        long mapId,
        @Nullable MapDescription description,
        boolean removed,
        List<Element> set,
        List<Bytes> deleted,
        Map<Bytes, Value> previous) {
    /** Copies the collections. */
    public MapChange {
        set = List.copyOf(set);
        deleted = List.copyOf(deleted);
        previous = Map.copyOf(previous);
    }
}
