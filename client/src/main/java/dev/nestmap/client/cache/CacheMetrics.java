package dev.nestmap.client.cache;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * A cache's or mirror's {@link CacheStats} as meters, under the names that Micrometer has for caches ({@code cache.gets},
 * {@code cache.evictions}, {@code cache.size}) and further ones; tagged {@code cache}. Needs micrometer-core, which the
 * client does not bring along. The meters do not keep the cache; without it they read nothing new.
 */
public final class CacheMetrics<C> implements MeterBinder {
    private final String name;
    // Micrometer holds what it observes weakly: this must be what its user holds, the cache itself.
    private final C cache;
    private final Function<C, CacheStats> stats;

    CacheMetrics(String name, C cache, Function<C, CacheStats> stats) {
        this.name = name;
        this.cache = cache;
        this.stats = stats;
    }

    /** Of a cache. */
    public static MeterBinder of(String name, NearCache<?, ?> cache) {
        return new CacheMetrics<>(name, cache, NearCache::stats);
    }

    /** Of a mirror. */
    public static MeterBinder of(String name, Mirror<?, ?> mirror) {
        return new CacheMetrics<>(name, mirror, Mirror::stats);
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
        Gauge.builder("cache.size", cache, now -> stats.apply(now).entries())
                .tags(tags)
                .register(registry);
        Gauge.builder("nestmap.cache.revision", cache,
                now -> stats.apply(now).appliedRevision())
                .tags(tags)
                .register(registry);
        TimeGauge.builder("nestmap.cache.staleness", cache, TimeUnit.NANOSECONDS,
                now -> stats.apply(now).staleNanos()).tags(tags).register(registry);
    }

    private void count(MeterRegistry registry, String meter, Tags tags,
            ToDoubleFunction<CacheStats> value) {
        FunctionCounter.builder(meter, cache, now -> value.applyAsDouble(stats.apply(now)))
                .tags(tags)
                .register(registry);
    }
}
