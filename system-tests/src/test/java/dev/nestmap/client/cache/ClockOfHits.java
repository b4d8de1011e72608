package dev.nestmap.client.cache;

import java.time.Duration;

/** Which clock the hits of this process take. */
public final class ClockOfHits {
    private ClockOfHits() {}

    /** Whether it is the kernel's coarse one, for a bound. */
    public static boolean isCoarse(Duration bound) {
        return CoarseClock.within(bound) instanceof CoarseClock;
    }
}
