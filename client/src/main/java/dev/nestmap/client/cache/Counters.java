package dev.nestmap.client.cache;

import java.util.concurrent.atomic.LongAdder;

/** What happened. Safe for threads. */
final class Counters {
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder marks = new LongAdder();
    private final LongAdder changes = new LongAdder();

    void hit() {
        hits.increment();
    }

    void miss() {
        misses.increment();
    }

    /** A read found an entry which it might not give out. */
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

    CacheStats stats(long evictions, long entries, long staleNanos, long appliedRevision) {
        return new CacheStats(hits.sum(), misses.sum(), refused.sum(), loads.sum(),
                loadFailures.sum(), evictions, entries, marks.sum(), changes.sum(), staleNanos,
                appliedRevision);
    }
}
