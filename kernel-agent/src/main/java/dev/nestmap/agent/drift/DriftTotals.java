package dev.nestmap.agent.drift;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was counted since the agent started, for metrics. Immutable.
 *
 * @param found differences by kind; one that came back counts again
 * @param mended differences that are as they should be again, by kind
 * @param heldBack how often mending a map was put off, because its differences came back
 * @param passes how often all elements were read
 * @param elementsRead elements that were compared
 * @param lastPassMillis how long the last pass over all elements took; 0 before the first
 */
public record DriftTotals(
        Map<DriftKind, Long> found,
        Map<DriftKind, Long> mended,
        long heldBack,
        long passes,
        long elementsRead,
        long lastPassMillis) {
    /** Nothing was looked at so far. */
    public static final DriftTotals NONE = new DriftTotals(Map.of(), Map.of(), 0, 0, 0, 0);

    /** Copies the maps; a kind that is missing counts 0. */
    public DriftTotals {
        found = complete(found);
        mended = complete(mended);
    }

    private static Map<DriftKind, Long> complete(Map<DriftKind, Long> counts) {
        Map<DriftKind, Long> all = new EnumMap<>(DriftKind.class);
        for (DriftKind kind : DriftKind.values()) {
            all.put(kind, counts.getOrDefault(kind, 0L));
        }
        return Collections.unmodifiableMap(all);
    }
}
