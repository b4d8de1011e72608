package dev.nestmap.client;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A host of the fleet as the store knows it.
 *
 * @param connected its agent follows now
 * @param labels the agent's own with those set through the API over them
 * @param facts what the host is; absent where its agent was not seen since the leader changed
 * @param report what the agent said last; absent likewise
 * @param lastHeardMillis milliseconds since the agent was heard of; 0 where it never was
 */
public record NodeDescription(
        String name,
        boolean connected,
        SortedMap<String, String> labels,
        @Nullable NodeFacts facts,
        @Nullable NodeReport report,
        long lastHeardMillis) {
    /** Copies the map. */
    public NodeDescription {
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }
}
