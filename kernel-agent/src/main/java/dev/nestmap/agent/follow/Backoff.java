package dev.nestmap.agent.follow;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling, and a random half of it, so that the agents of a fleet do not all come
 * back at once. For one thread.
 */
final class Backoff {
    private static final long FIRST_MILLIS = 50;
    private static final long MOST_MILLIS = 5_000;

    private final RandomGenerator random;
    private long millis = FIRST_MILLIS;

    Backoff(RandomGenerator random) {
        this.random = random;
    }

    /** The wait after one more failure. */
    Duration next() {
        long wait = millis / 2 + random.nextLong(millis / 2 + 1);
        millis = Math.min(MOST_MILLIS, millis * 2);
        return Duration.ofMillis(wait);
    }

    /** An attempt succeeded. */
    void reset() {
        millis = FIRST_MILLIS;
    }
}
