package dev.nestmap.client.cache;

/** Port: when it is, in nanoseconds since some moment; differences count. Safe for threads. */
@FunctionalInterface
interface NanoClock {
    /** Now. */
    long nanos();

    /**
     * A moment that is not after now, and not longer ago than {@link #lagNanos}; may take less time to say than now does.
     *
     * @param scratch the address of two longs, which no other thread uses during the call; 0: there are none
     */
    default long recentNanos(long scratch) {
        return nanos();
    }

    /** How long ago the recent moment may be. */
    default long lagNanos() {
        return 0;
    }
}
