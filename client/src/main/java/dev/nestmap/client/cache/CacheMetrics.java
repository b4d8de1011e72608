package dev.nestmap.client.cache;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * A cache's or mirror's {@link CacheStats} as meters, under the names that Micrometer has for caches ({@code cache.gets},
 * {@code cache.evictions}, {@code cache.size}) and further ones; tagged {@code cache}. Needs micrometer-core, which the
 * client does not bring along.
 */
public final class CacheMetrics implements MeterBinder {
    private final String name;
    private final Supplier<CacheStats> stats;

    private CacheMetrics(String name, Supplier<CacheStats> stats) {
        this.name = name;
        this.stats = stats;
    }

    /** Of a cache. */
    public static CacheMetrics of(String name, NearCache<?, ?> cache) {
        return new CacheMetrics(name, cache::stats);
    }

    /** Of a mirror. */
    public static CacheMetrics of(String name, Mirror<?, ?> mirror) {
        return new CacheMetrics(name, mirror::stats);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Tags tags = Tags.of("cache", name);
        count(registry, "cache.gets", tags.and("result", "hit"), CacheStats::hits);
        count(registry, "cache.gets", tags.and("result", "miss"), CacheStats::misses);
        count(registry, "cache.evictions", tags, CacheStats::evictions);
        count(registry, "nestmap.cache.unfit", tags, CacheStats::unfit);
        count(registry, "nestmap.cache.loads", tags, CacheStats::loads);
        count(registry, "nestmap.cache.load.failures", tags, CacheStats::loadFailures);
        count(registry, "nestmap.cache.marks", tags, CacheStats::marks);
        count(registry, "nestmap.cache.changes", tags, CacheStats::changes);
        Gauge.builder("cache.size", stats, now -> now.get().entries())
                .tags(tags)
                .register(registry);
        Gauge.builder("nestmap.cache.revision", stats, now -> now.get().appliedRevision())
                .tags(tags)
                .register(registry);
        TimeGauge.builder("nestmap.cache.staleness", stats, TimeUnit.NANOSECONDS,
                now -> now.get().staleNanos()).tags(tags).register(registry);
    }

    private void count(MeterRegistry registry, String meter, Tags tags,
            ToDoubleFunction<CacheStats> value) {
        FunctionCounter.builder(meter, stats, now -> value.applyAsDouble(now.get()))
                .tags(tags)
                .register(registry);
    }
}
