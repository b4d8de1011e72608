package dev.nestmap.agent;

import dev.nestmap.agent.metrics.MapSeries;
import dev.nestmap.agent.reconcile.Condition;
import dev.nestmap.model.Errno;
import dev.nestmap.proto.v1.Hello;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/** How an agent stands, as series: all of one moment. */
final class AgentSeries implements MultiCollector {
    private final Hello hello;
    private final Supplier<AgentStatus> status;
    private final Supplier<Boolean> ready;
    private final MapSeries maps;

    AgentSeries(Hello hello, Supplier<AgentStatus> status, Supplier<Boolean> ready,
            MapSeries maps) {
        this.hello = hello;
        this.status = status;
        this.ready = ready;
        this.maps = maps;
    }

    @Override
    public MetricSnapshots collect() {
        AgentStatus now = status.get();
        List<MetricSnapshot> all = new ArrayList<>(maps.of(now.maps()));
        all.add(info());
        all.add(one("nestmap_agent_connected", "1 while a stream to the store is open",
                now.connected() ? 1 : 0));
        all.add(one("nestmap_agent_ready", "1 where programs can rely on the maps",
                ready.get() ? 1 : 0));
        all.add(one("nestmap_agent_maps", "Maps that are held in the kernel",
                now.maps().size()));
        all.add(one("nestmap_desired_revision", "The newest revision that the store sent",
                (double) now.receivedRevision()));
        all.add(one("nestmap_received_revision", "Everything up to this was received",
                (double) now.receivedRevision()));
        all.add(one("nestmap_staged_revision",
                "Everything up to this is built in the kernel, but for what has an error",
                (double) now.appliedRevision()));
        all.add(one("nestmap_applied_revision",
                "Everything up to this is visible to programs, but for what has an error",
                (double) now.appliedRevision()));
        all.add(one("nestmap_last_apply_seconds",
                "From receiving the last difference to the kernel holding it",
                seconds(now.lastApply())));
        now.checkpoint().ifPresent(checkpoint -> {
            all.add(one("nestmap_checkpoint_revision", "The revision that is on disk; 0: none",
                    (double) checkpoint.revision()));
            all.add(one("nestmap_checkpoint_age_seconds", "Since the state on disk was written",
                    seconds(checkpoint.age())));
        });
        all.add(errors(now.conditions()));
        all.addAll(DriftSeries.of(now.drift()));
        return new MetricSnapshots(all);
    }

    /** By the errno: their number is small, unlike that of maps. */
    private static GaugeSnapshot errors(List<Condition> conditions) {
        TreeMap<String, Integer> byErrno = new TreeMap<>();
        byErrno.put("none", 0);
        conditions.forEach(condition -> byErrno.merge(condition.errno() == 0
                ? "none"
                : Errno.ofNumber(condition.errno())
                        .map(Enum::name)
                        .orElseGet(() -> Integer.toString(condition.errno())),
                1, Integer::sum));
        GaugeSnapshot.Builder errors = MapSeries.gauge("nestmap_reconciler_errors_current",
                "Maps that are not as desired, by the kernel's errno");
        byErrno.forEach(
                (errno, count) -> MapSeries.point(errors, Labels.of("errno", errno), count));
        return errors.build();
    }

    /** Its name gets _info behind it. */
    private InfoSnapshot info() {
        return InfoSnapshot.builder()
                .name("nestmap_agent")
                .help("1, with what the agent is as labels")
                .dataPoint(InfoSnapshot.InfoDataPointSnapshot.builder()
                        .labels(Labels.of("node", hello.getNode(), "version",
                                hello.getFacts().getAgentVersion(), "kernel",
                                hello.getFacts().getKernelRelease(), "pin_root",
                                hello.getFacts().getPinRoot()))
                        .build())
                .build();
    }

    private static GaugeSnapshot one(String name, String help, double value) {
        GaugeSnapshot.Builder gauge = MapSeries.gauge(name, help);
        MapSeries.point(gauge, Labels.EMPTY, value);
        return gauge.build();
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
