package dev.nestmap.agent;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.metrics.EntryCounts;
import dev.nestmap.agent.metrics.MapSeries;
import dev.nestmap.agent.metrics.MapWork;
import dev.nestmap.agent.reconcile.KernelLoop;
import dev.nestmap.agent.reconcile.Witness;
import dev.nestmap.proto.v1.Hello;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What is counted and timed of one agent. Costs nothing but when it is asked for, and a paced walk over the keys of maps. */
public final class AgentMetrics implements AutoCloseable {
    private static final Duration[] BUCKETS = {Duration.ofMillis(1), Duration.ofMillis(5),
            Duration.ofMillis(10), Duration.ofMillis(50), Duration.ofMillis(100),
            Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(10),
            Duration.ofSeconds(60)};

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT);
    private final MapWork work = new MapWork(registry);
    private final Timer cycles = Timer.builder("nestmap.reconciler.duration")
            .description(
                    "Cycles of work on the kernel that had something to tell, from looking at what is desired to the end")
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    /** Null before the agent is started. */
    private @Nullable EntryCounts entries;

    /** For one agent, which is started with it. */
    public AgentMetrics() {
        new ProcessorMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
    }

    /** All series in the text format of Prometheus, version 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }

    Witness witness() {
        return work;
    }

    void watch(Kernel kernel, Hello hello, Supplier<AgentStatus> status,
            Supplier<Boolean> ready) {
        EntryCounts counts = EntryCounts.start(kernel, () -> status.get().maps());
        entries = counts;
        registry.getPrometheusRegistry()
                .register(new AgentSeries(hello, status, ready, new MapSeries(counts, work)));
    }

    void worked(KernelLoop.Done done) {
        if (done.news()) {
            cycles.record(done.workNanos(), TimeUnit.NANOSECONDS);
        }
        work.trim(done.progress()::maps);
    }

    @Override
    public void close() {
        EntryCounts counting = entries;
        if (counting != null) {
            counting.close();
        }
        registry.close();
    }
}
