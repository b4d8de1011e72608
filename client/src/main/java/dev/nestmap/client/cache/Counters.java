package dev.nestmap.client.cache;

import java.util.concurrent.atomic.LongAdder;

/** What happened. Safe for threads. */
final class Counters {
    private final LongAdder refused = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder marks = new LongAdder();
    private final LongAdder changes = new LongAdder();

    void refused() {
        refused.increment();
    }

    void load() {
        loads.increment();
    }

    void loadFailure() {
        loadFailures.increment();
    }

    void mark() {
        marks.increment();
    }

    void change() {
        changes.increment();
    }

    /** Reads that found an entry which they might not give out. */
    long unfit() {
        return refused.sum();
    }

    CacheStats stats(long hits, long misses, long evictions, long entries, long staleNanos,
            long appliedRevision) {
        return new CacheStats(hits, misses, unfit(), loads.sum(), loadFailures.sum(), evictions,
                entries, marks.sum(), changes.sum(), staleNanos, appliedRevision);
    }
}
