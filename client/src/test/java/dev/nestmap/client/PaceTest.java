package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final Duration NONE = Duration.ZERO;

    private final Pace pace = new Pace(Duration.ofMillis(20), Duration.ofMillis(100),
            new Random(1));

    @Test
    void membersNotYetAskedAreAskedAtOnce() {
        assertEquals(NONE, pace.before("a", NONE));
        assertEquals(NONE, pace.before("b", Duration.ofSeconds(1)));
        assertTrue(pace.before("a", NONE).isPositive());
        assertEquals(NONE, pace.before("b", NONE), "the second round goes on");
    }

    @Test
    void waitsGrowFromRoundToRoundAndStayWithinTheirBounds() {
        assertEquals(NONE, pace.before("a", NONE));
        long longest = 20;
        for (int round = 0; round < 10; round++) {
            long nanos = pace.before("a", NONE).toNanos();
            long limit = Duration.ofMillis(longest).toNanos();
            assertTrue(nanos <= limit && nanos >= limit / 2,
                    "round %d: %d".formatted(round, nanos));
            longest = Math.min(100, longest * 2);
        }
        pace.reset();
        assertEquals(NONE, pace.before("a", NONE));
        assertTrue(pace.before("a", NONE).toMillis() <= 20);
    }

    @Test
    void aServerMayAskForMore() {
        assertEquals(NONE, pace.before("a", NONE));
        assertEquals(Duration.ofSeconds(3), pace.before("a", Duration.ofSeconds(3)));
    }
}
