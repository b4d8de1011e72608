package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one map. The parts apply in this order.
 *
 * @param description present where the map was defined or its state changed
 * @param removed the map is gone; nothing else is set then
 * @param set elements written, in ascending order of unsigned key bytes
 * @param deleted keys deleted; in arrays: set back to zeros, slots emptied
 */
public record MapChange(
        long mapId,
        @Nullable MapDescription description,
        boolean removed,
        List<Element> set,
        List<Bytes> deleted) {
    /** Copies the lists. */
    public MapChange {
        set = List.copyOf(set);
        deleted = List.copyOf(deleted);
    }
}
