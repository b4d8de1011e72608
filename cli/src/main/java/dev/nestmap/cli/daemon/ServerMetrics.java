package dev.nestmap.cli.daemon;

import dev.nestmap.server.MemberFigures;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The figures of a member of the store as series. */
final class ServerMetrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT);

    /** All of one moment, whenever it is asked for. */
    ServerMetrics(Supplier<MemberFigures> figures, Path dataDirectory) {
        new ProcessorMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        MultiCollector collector = () -> collect(figures.get(), dataDirectory);
        registry.getPrometheusRegistry().register(collector);
    }

    /** In the text format of Prometheus, version 0.0.4. */
    String scrape() {
        return registry.scrape();
    }

    private static MetricSnapshots collect(MemberFigures now, Path dataDirectory) {
        List<MetricSnapshot> all = List.of(
                gauge("nestmap_server_leader", "1 while this member leads and takes writes",
                        now.serving() ? 1 : 0),
                gauge("nestmap_server_leader_known", "1 while there is a leader",
                        now.leaderKnown() ? 1 : 0),
                gauge("nestmap_server_revision", "The newest revision that it has applied",
                        now.revision()),
                gauge("nestmap_server_applied_index", "The last log entry that it has applied",
                        now.appliedIndex()),
                gauge("nestmap_server_snapshot_index", "The log entry of its newest snapshot",
                        now.snapshotIndex()),
                gauge("nestmap_server_members", "Members of the store", now.members()),
                gauge("nestmap_server_maps", "Maps in the store", now.maps()),
                gauge("nestmap_server_elements", "Elements in the store", now.elements()),
                gauge("nestmap_server_agents", "Agents that follow this member",
                        now.agents()),
                gauge("nestmap_server_data_bytes", "Log and snapshots on disk",
                        bytes(dataDirectory)));
        return new MetricSnapshots(all);
    }

    private static long bytes(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(ServerMetrics::size).sum();
        } catch (IOException | UncheckedIOException e) {
            // A file that was deleted meanwhile: the next look counts anew.
            return 0;
        }
    }

    private static long size(Path file) {
        try {
            return Files.isRegularFile(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static GaugeSnapshot gauge(String name, String help, long value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                        .value((double) value)
                        .build())
                .build();
    }
}
