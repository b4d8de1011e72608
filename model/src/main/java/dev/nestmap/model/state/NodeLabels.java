package dev.nestmap.model.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The labels that were set on a node through the API.
 *
 * @param labels at least one
 */
public record NodeLabels(SortedMap<String, String> labels) {
    /** Copies the map. */
    public NodeLabels {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
}
