package dev.nestmap.agent.drift;

import java.util.List;

/**
 * What others changed on a host, as of one moment.
 *
 * @param drifts those that are open, by map, then the last that were mended, newest first; bounded
 * @param unlisted differences that are open and for which there was no room in the list
 */
public record DriftReport(List<Drift> drifts, long unlisted, DriftTotals totals) {
    /** Nothing was looked at so far. */
    public static final DriftReport NONE = new DriftReport(List.of(), 0, DriftTotals.NONE);

    /** Copies the list. */
    public DriftReport {
        drifts = List.copyOf(drifts);
    }
}
