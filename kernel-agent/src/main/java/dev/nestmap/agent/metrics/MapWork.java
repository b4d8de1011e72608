package dev.nestmap.agent.metrics;

import dev.nestmap.agent.reconcile.Deed;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.agent.reconcile.Witness;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Counts what is done to each map. The thread that works on the kernel writes, others read. */
public final class MapWork implements Witness {
    private static final int MOST_GONE = 1000;

    private final ConcurrentMap<Long, ConcurrentMap<Operation, LongAdder>> byMap = new ConcurrentHashMap<>();
    private final CallTimes times;
    private final Counter errors;
    private final Counter prunes;
    private final Counter pruneErrors;
    /** Owned by the thread that works on the kernel. */
    private int trimAbove = MOST_GONE;

    /**
     * What is counted.
     *
     * @param word update, delete and so on
     * @param outcome success or fail
     */
    public record Operation(String map, String word, String outcome) {}

    /** Figures that are no single map's go into the registry. */
    public MapWork(MeterRegistry registry) {
        this.times = new CallTimes(registry);
        this.errors = counter(registry, "nestmap.reconciler.errors",
                "Steps that did not come to their end");
        this.prunes = counter(registry, "nestmap.reconciler.prune.count",
                "Pins, generations and maps that were removed because nobody wants them any more");
        this.pruneErrors = counter(registry, "nestmap.reconciler.prune.errors",
                "Removals that did not come to their end");
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    @Override
    public void saw(Deed deed, long nanos, OptionalInt errno) {
        boolean failed = errno.isPresent();
        times.add(deed.kind(), nanos, errno);
        if (failed) {
            errors.increment();
        }
        if (deed.kind() == Deed.Kind.PRUNE) {
            (failed ? pruneErrors : prunes).increment();
        }
        if (!deed.map().isEmpty()) {
            byMap.computeIfAbsent(deed.mapId(), _ -> new ConcurrentHashMap<>())
                    .computeIfAbsent(
                            new Operation(deed.map(), CallTimes.word(deed.kind()),
                                    failed ? "fail" : "success"),
                            _ -> new LongAdder())
                    .add(failed ? 1 : deed.elements());
        }
    }

    /** What was done to a map. */
    public Map<Operation, LongAdder> of(long mapId) {
        return byMap.getOrDefault(mapId, new ConcurrentHashMap<>());
    }

    /**
     * Forgets maps that are gone once there are many of them, for perhaps nobody ever asks for what was counted. In the thread that
     * works on the kernel.
     */
    public void trim(Supplier<List<HeldMap>> held) {
        if (byMap.size() > trimAbove) {
            keepOnly(held.get().stream().map(HeldMap::mapId).collect(Collectors.toSet()));
            trimAbove = 2 * byMap.size() + MOST_GONE;
        }
    }

    /** How many maps something is counted of. */
    int size() {
        return byMap.size();
    }

    /** Forgets all maps but these. */
    public void keepOnly(Set<Long> mapIds) {
        byMap.keySet().retainAll(mapIds);
    }
}
