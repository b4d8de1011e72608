package dev.nestmap.agent.reconcile;

import java.util.concurrent.TimeUnit;

/**
 * The pace of a look that is taken each second: in slices where it takes long, and less often where a round of it costs more than its
 * share of one CPU. For one thread; the time at which a slice begins is handed in.
 */
final class EachSecond {
    private static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /** A round takes no more than one part of so many of one CPU. */
    private final int rest;
    private boolean begun;
    /** True between two slices of one round. */
    private boolean underWay;
    private long dueNanos;
    private long roundBeganNanos;
    private long roundCostNanos;
    private long sliceBeganNanos;

    EachSecond(int rest) {
        this.rest = rest;
    }

    /** When the next slice is due: at once before the first. */
    long dueNanos(long nowNanos) {
        return begun ? dueNanos : nowNanos;
    }

    /** Begins a slice; true where it is the first of a round. */
    boolean begin(long nowNanos) {
        boolean first = !underWay;
        if (first) {
            begun = true;
            underWay = true;
            roundBeganNanos = nowNanos;
            roundCostNanos = 0;
        }
        sliceBeganNanos = System.nanoTime();
        return first;
    }

    /** True until the slice was long enough. */
    boolean hasTime() {
        return System.nanoTime() - sliceBeganNanos < SLICE_NANOS;
    }

    /** Ends a slice that left something of the round undone. */
    void pause(long nowNanos) {
        count();
        dueNanos = nowNanos;
    }

    /** Ends the last slice of a round. */
    void end() {
        count();
        underWay = false;
        long restNanos = roundCostNanos * rest;
        dueNanos = restNanos > Check.SECOND_NANOS
                ? roundBeganNanos + restNanos
                : Check.nextSecond(roundBeganNanos);
    }

    private void count() {
        roundCostNanos += System.nanoTime() - sliceBeganNanos;
    }
}
