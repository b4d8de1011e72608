package dev.nestmap.agent.metrics;

import dev.nestmap.agent.reconcile.Deed;
import dev.nestmap.model.Errno;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/** How long the system calls of steps take, by what they do and whether they are done. Any number of threads may use it. */
final class CallTimes {
    private static final Duration[] BUCKETS = {Duration.ofNanos(10_000), Duration.ofNanos(100_000),
            Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofMillis(10),
            Duration.ofMillis(25), Duration.ofMillis(100), Duration.ofSeconds(1),
            Duration.ofSeconds(10)};

    private final MeterRegistry registry;
    private final ConcurrentMap<Outcome, Timer> timers = new ConcurrentHashMap<>();
    private final ConcurrentMap<Failure, Counter> failures = new ConcurrentHashMap<>();
    private final Timer gracePeriods;

    private record Outcome(Deed.Kind kind, boolean done) {}

    private record Failure(Deed.Kind kind, int errno) {}

    CallTimes(MeterRegistry registry) {
        this.registry = registry;
        this.gracePeriods = Timer.builder("nestmap.commit.grace.period")
                .description("Setting slots of outer maps, which waits for an RCU grace period")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    /** An errno of 0 is a failure whose cause is no system call; none is none. */
    void add(Deed.Kind kind, long nanos, OptionalInt errno) {
        timers.computeIfAbsent(new Outcome(kind, errno.isEmpty()), this::timer)
                .record(nanos, TimeUnit.NANOSECONDS);
        errno.ifPresent(number -> failures
                .computeIfAbsent(new Failure(kind, number), this::failure)
                .increment());
        if (kind == Deed.Kind.UPDATE_SLOTS && errno.isEmpty()) {
            gracePeriods.record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    private Timer timer(Outcome outcome) {
        return Timer.builder("nestmap.bpf.syscall.duration")
                .description("The system calls of a step: of a whole batch, or of reading a map")
                .tag("operation", word(outcome.kind()))
                .tag("outcome", outcome.done() ? "success" : "fail")
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Counter failure(Failure failure) {
        return Counter.builder("nestmap.bpf.errors")
                .description("Steps that the kernel did not let come to their end")
                .tag("operation", word(failure.kind()))
                .tag("errno", errno(failure.errno()))
                .register(registry);
    }

    static String word(Deed.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    private static String errno(int number) {
        return number == 0
                ? "none"
                : Errno.ofNumber(number).map(Enum::name).orElseGet(() -> Integer.toString(number));
    }
}
