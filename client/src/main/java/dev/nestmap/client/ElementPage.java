package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import java.util.List;

/**
 * Some elements of a map, in its order: unsigned key bytes for hash types, indexes for array types.
 *
 * @param outBatch where the next page begins
 * @param end nothing is behind these elements
 */
public record ElementPage(List<Element> elements, Bytes outBatch, boolean end) {
    /** Copies the list. */
    public ElementPage {
        elements = List.copyOf(elements);
    }
}
