package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The kernel's clock, on the kernel that runs the test. */
@Timeout(120)
class CoarseClockTest {
    private static final Duration BOUND = Duration.ofSeconds(1);
    /** Gives memory to write the time to, for as long as it is there itself. */
    private static final Counters COUNTERS = new Counters();
    private static final int LOOKS = 200_000;

    /** Says which clock a process takes. */
    static final class Which {
        private Which() {}

        /** Takes no arguments. */
        public static void main(String[] arguments) {
            System.out.println(CoarseClock.within(BOUND) instanceof CoarseClock);
        }
    }

    @Test
    void itIsNeverAheadAndNeverGoesBack() {
        NanoClock clock = CoarseClock.within(BOUND);
        long scratch = COUNTERS.seat().scratch();
        long last = clock.recentNanos(scratch);
        for (int i = 0; i < LOOKS; i++) {
            long recent = clock.recentNanos(scratch);
            long after = System.nanoTime();
            assertTrue(recent - after <= 0, () -> "ahead by " + (recent - after));
            assertTrue(last - recent <= 0, "it went back");
            last = recent;
        }
    }

    /** However busy the machine: at some moment it is no further behind than two of the longest ticks there are. */
    @Test
    void itGoesOnWithTheExactClock() {
        NanoClock clock = CoarseClock.within(BOUND);
        long scratch = COUNTERS.seat().scratch();
        long start = clock.recentNanos(scratch);
        long closestNanos = Long.MAX_VALUE;
        long recent = start;
        while (recent - start < Duration.ofMillis(100).toNanos() || closestNanos > 20_000_000) {
            long before = System.nanoTime();
            recent = clock.recentNanos(scratch);
            closestNanos = Math.min(closestNanos, before - recent);
        }
    }

    /** Native access is given to tests, as the build says. */
    @Test
    void itIsTakenHere() {
        assumeTrue(CoarseClock.repairsStalls(System.getProperty("os.version")));
        assertTrue(CoarseClock.within(BOUND) instanceof CoarseClock);
        assertEquals(BOUND.toNanos() / 2, CoarseClock.within(BOUND).lagNanos());
    }

    @Test
    void aBoundOfFewTicksTakesTheExactClock() {
        NanoClock clock = CoarseClock.within(Duration.ofMillis(10));
        assertFalse(clock instanceof CoarseClock);
        assertEquals(0, clock.lagNanos());
    }

    @Test
    void itIsTrustedOnlyWhereTheKernelRepairsIt() {
        List.of("5.18.0", "5.100", "6.1.0-13-amd64", "10.0.1")
                .forEach(release -> assertTrue(CoarseClock.repairsStalls(release), release));
        List.of("5.17.9", "5.4.0-150-generic", "4.4.0", "", "unknown", "6")
                .forEach(release -> assertFalse(CoarseClock.repairsStalls(release), release));
    }

    @Test
    void withoutNativeAccessTheExactClockIsTakenAndNothingIsSaid()
            throws IOException, InterruptedException {
        assertEquals("false\n", run());
        assumeTrue(CoarseClock.within(BOUND) instanceof CoarseClock);
        assertEquals("true\n", run("--enable-native-access=ALL-UNNAMED"));
    }

    private static String run(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), Which.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return said;
    }
}
