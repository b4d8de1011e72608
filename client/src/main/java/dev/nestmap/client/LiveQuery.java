package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import java.time.Duration;
import java.util.List;

/**
 * A question about what is really in the kernels of nodes.
 *
 * @param map which map
 * @param question what of it
 * @param nodes by name; none: every node on which the map, or an outer map that holds it, is placed
 * @param within how long all nodes together may take, up to an hour; those that have not answered then are failures
 */
public record LiveQuery(MapRef map, Question question, List<String> nodes, Duration within) {
    /** What is enough for a few nodes and maps that are not huge. */
    public static final Duration WITHIN_DEFAULT = Duration.ofSeconds(10);

    /** Copies the list. Refuses a time that is not positive. */
    public LiveQuery {
        nodes = List.copyOf(nodes);
        if (!within.isPositive()) {
            throw new IllegalArgumentException("within must be longer than nothing, not " + within);
        }
    }

    /** Of every node that wants the map. */
    public static LiveQuery of(MapRef map, Question question) {
        return new LiveQuery(map, question, List.of(), WITHIN_DEFAULT);
    }

    /** Of these nodes only. */
    public LiveQuery at(String... names) {
        return new LiveQuery(map, question, List.of(names), within);
    }

    /** With another time. */
    public LiveQuery within(Duration longest) {
        return new LiveQuery(map, question, nodes, longest);
    }

    /** What is asked of a map in a kernel. */
    public sealed interface Question {
        /** The value of a key; with an empty key the head of a QUEUE or STACK. A node without it completes with a count of 0. */
        record Lookup(Bytes key) implements Question {}

        /** All elements. */
        record Dump() implements Question {}

        /** The number of elements. */
        record Count() implements Question {}
    }
}
