package dev.nestmap.benchmarks.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** Runs what the benchmark runs, once and small. */
final class CacheBenchmarkTest {
    @Test
    void everyContenderFindsWhatIsThere()
            throws IOException, InterruptedException, TimeoutException {
        CacheBenchmark benchmark = new CacheBenchmark();
        benchmark.elementCount = 100;
        benchmark.start();
        try {
            assertNotNull(benchmark.caffeine());
            assertNotNull(benchmark.hashMap());
            assertNotNull(benchmark.tree());
            assertTrue(benchmark.nearCache().isPresent());
            assertTrue(benchmark.mirror().isPresent());
            assertEquals(benchmark.nearCache().isPresent(), benchmark.mirror().isPresent());
        } finally {
            benchmark.stop();
        }
    }
}
