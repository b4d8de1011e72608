package dev.nestmap.benchmarks.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.benchmarks.publish.PublishComparison.Sizes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Runs what the benchmark runs, once and small. */
final class PublishComparisonTest {
    @Test
    void bothSidesDoAllOfItAndEveryLineIsPrinted() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            PublishComparison.run(new Sizes(5, 2, 700, 9_000, 20, 1), out);
        }
        // Two heads of two lines, five lines of rings twice, the hash, four of one key, and one empty line.
        assertEquals(20, printed.toString(StandardCharsets.UTF_8).lines().count());
    }
}
