package dev.nestmap.agent.metrics;

import dev.nestmap.agent.reconcile.HeldMap;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * The series of single maps as they are when they are asked for: so a map that is gone has none. Labelled by namespace/name, the
 * 1,000 maps with the lowest ids each by its own, those behind them together as {@code _other}.
 */
public final class MapSeries {
    private static final int MOST_MAPS = 1000;
    private static final String OTHER = "_other";

    private final EntryCounts entries;
    private final MapWork work;

    /** Of what was counted by these two. */
    public MapSeries(EntryCounts entries, MapWork work) {
        this.entries = entries;
        this.work = work;
    }

    /** Several maps of one label: an old map lives on in slots while a new one has its name. */
    private static final class Row {
        private long capacity;
        private long counted;
        private double pressure;
        private boolean hasEntries;
        private long generations;
    }

    /** All of them for these maps, which are ordered by id. */
    public List<MetricSnapshot> of(List<HeldMap> maps) {
        SortedMap<String, Row> rows = new TreeMap<>();
        Map<MapWork.Operation, Long> operations = new TreeMap<>(
                Comparator.comparing(MapWork.Operation::map)
                        .thenComparing(MapWork.Operation::word)
                        .thenComparing(MapWork.Operation::outcome));
        int known = 0;
        for (HeldMap map : maps) {
            String label = known++ < MOST_MAPS ? map.namespace() + "/" + map.name() : OTHER;
            add(rows.computeIfAbsent(label, _ -> new Row()), map);
            for (Map.Entry<MapWork.Operation, LongAdder> done : work.of(map.mapId()).entrySet()) {
                MapWork.Operation operation = done.getKey();
                operations.merge(
                        new MapWork.Operation(label, operation.word(), operation.outcome()),
                        done.getValue().sum(), Long::sum);
            }
        }
        work.keepOnly(maps.stream().map(HeldMap::mapId).collect(Collectors.toSet()));
        return snapshots(rows, operations);
    }

    private void add(Row row, HeldMap map) {
        row.capacity += map.maxEntries();
        row.generations += map.generations();
        OptionalLong counted = entries.entries(map.mapId());
        if (counted.isPresent()) {
            row.hasEntries = true;
            row.counted += counted.getAsLong();
            row.pressure = Math.max(row.pressure,
                    counted.getAsLong() / (double) Math.max(1, map.maxEntries()));
        }
    }

    private static List<MetricSnapshot> snapshots(SortedMap<String, Row> rows,
            Map<MapWork.Operation, Long> operations) {
        GaugeSnapshot.Builder capacity = gauge("nestmap_bpf_map_capacity",
                "max_entries of the map");
        GaugeSnapshot.Builder counted = gauge("nestmap_bpf_map_entries",
                "Entries in the kernel, of hashes, tries and the like, as counted last");
        GaugeSnapshot.Builder pressure = gauge("nestmap_bpf_map_pressure",
                "Entries in the kernel by capacity, 0 to 1");
        GaugeSnapshot.Builder generations = gauge("nestmap_sealed_generations",
                "Former contents that are kept beside a map that is published sealed");
        rows.forEach((label, row) -> {
            Labels labels = Labels.of("map", label);
            point(capacity, labels, (double) row.capacity);
            point(generations, labels, (double) row.generations);
            if (row.hasEntries) {
                point(counted, labels, (double) row.counted);
                point(pressure, labels, row.pressure);
            }
        });
        CounterSnapshot.Builder done = CounterSnapshot.builder()
                .name("nestmap_bpf_map_ops")
                .help("Elements written and deleted, slots set, and what else was done to a map");
        operations.forEach((operation, count) -> done
                .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(Labels.of("map", operation.map(), "operation", operation.word(),
                                "outcome", operation.outcome()))
                        .value(count)
                        .build()));
        return new ArrayList<>(List.of(capacity.build(), counted.build(), pressure.build(),
                generations.build(), done.build()));
    }

    /** A gauge to which points are added. */
    public static GaugeSnapshot.Builder gauge(String name, String help) {
        return GaugeSnapshot.builder().name(name).help(help);
    }

    /** Adds a point. */
    public static void point(GaugeSnapshot.Builder gauge, Labels labels, double value) {
        gauge.dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                .labels(labels)
                .value(value)
                .build());
    }
}
