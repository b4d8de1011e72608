package dev.nestmap.agent;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.DriftReport;
import dev.nestmap.agent.drift.DriftTotals;
import dev.nestmap.agent.metrics.MapSeries;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Map;

/** What others changed on a host, as series; which map and key it was, the report says. */
final class DriftSeries {
    private DriftSeries() {}

    static List<MetricSnapshot> of(DriftReport report) {
        DriftTotals totals = report.totals();
        return List.of(
                byKind("nestmap_drift_found", "Differences that others made", totals.found()),
                byKind("nestmap_drift_mended", "Differences that are as they should be again",
                        totals.mended()),
                counter("nestmap_drift_held_back",
                        "How often mending a map was put off, because its differences came back",
                        totals.heldBack()),
                counter("nestmap_drift_passes", "Passes over the elements of all maps",
                        totals.passes()),
                counter("nestmap_drift_elements_read", "Elements that were compared",
                        totals.elementsRead()),
                gauge("nestmap_drift_open", "Differences that are not mended",
                        (double) report.unlisted()
                                + report.drifts().stream().filter(Drift::isOpen).count()),
                gauge("nestmap_drift_last_pass_seconds",
                        "What the last pass over the elements of all maps took",
                        totals.lastPassMillis() / 1000.0));
    }

    private static CounterSnapshot byKind(String name, String help, Map<DriftKind, Long> counts) {
        CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
        counts.forEach((kind, count) -> counter.dataPoint(point(
                Labels.of("kind", kind.word()), count)));
        return counter.build();
    }

    private static CounterSnapshot counter(String name, String help, long count) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(point(Labels.EMPTY, count))
                .build();
    }

    private static CounterSnapshot.CounterDataPointSnapshot point(Labels labels, long count) {
        return CounterSnapshot.CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) count)
                .build();
    }

    private static GaugeSnapshot gauge(String name, String help, double value) {
        GaugeSnapshot.Builder gauge = MapSeries.gauge(name, help);
        MapSeries.point(gauge, Labels.EMPTY, value);
        return gauge.build();
    }
}
