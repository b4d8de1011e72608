package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.ref.Cleaner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CacheMetricsTest {
    private long hits = 1;

    private CacheStats stats() {
        return new CacheStats(hits, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0);
    }

    /** The binder is dropped at once, as in the guide; what it measures is held by its user. */
    @Test
    @Timeout(60)
    void metersLiveAsLongAsTheCache() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new CacheMetrics<>("quota", this, CacheMetricsTest::stats).bindTo(registry);
        collectGarbage();
        hits = 100;
        assertEquals(7, registry.get("cache.size").gauge().value());
        assertEquals(100,
                registry.get("cache.gets").tag("result", "hit").functionCounter().count());
    }

    private static void collectGarbage() throws InterruptedException {
        CountDownLatch collected = new CountDownLatch(1);
        Cleaner.create().register(new Object(), collected::countDown);
        do {
            System.gc();
        } while (!collected.await(10, TimeUnit.MILLISECONDS));
    }
}
