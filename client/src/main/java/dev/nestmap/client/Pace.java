package dev.nestmap.client;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * How long to wait before asking a member: not at all while there is one that was not asked in this round, else
 * exponentially longer from round to round, with jitter ("full jitter above a half"), so that clients which lost the same
 * server do not come back together. Belongs to one call or one stream; not safe for many threads.
 */
public final class Pace {
    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private final Set<String> askedThisRound = new HashSet<>();
    private Duration round;

    /** Waits between {@code first} and {@code longest}, each shortened by up to a half. */
    public Pace(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
        this.round = first;
    }

    /** This member was asked in this round, whatever the wait would have been. */
    public void asked(String target) {
        askedThisRound.add(target);
    }

    /**
     * The time to wait before asking a member now.
     *
     * @param atLeast what the last answer asked for ({@link dev.nestmap.client.wire.ErrorCodec#retryAfter}), or zero;
     *     counts only for a member that was asked already
     */
    public Duration before(String target, Duration atLeast) {
        if (askedThisRound.add(target)) {
            return Duration.ZERO;
        }
        askedThisRound.clear();
        askedThisRound.add(target);
        long nanos = round.toNanos();
        Duration wait = Duration.ofNanos(nanos - (long) (random.nextDouble() * nanos / 2));
        round = round.multipliedBy(2).compareTo(longest) < 0 ? round.multipliedBy(2) : longest;
        return wait.compareTo(atLeast) < 0 ? atLeast : wait;
    }

    /** Begins anew: things went well. */
    public void reset() {
        askedThisRound.clear();
        round = first;
    }
}
