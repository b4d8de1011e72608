package dev.nestmap.agent.metrics;

import java.util.concurrent.TimeUnit;

/** Lets work be done for a moment, then waits long: a fixed small share of one CPU. For one thread. */
final class Pacer {
    /** Half a percent. */
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long REST_MILLIS = 200;
    private static final long PASS_NANOS = TimeUnit.SECONDS.toNanos(15);
    /** Asking for the time costs about as much as a step. */
    private static final int STEPS_PER_LOOK = 64;

    private final long workNanos;
    private int steps;
    private long workedFrom = System.nanoTime();
    private long passFrom = System.nanoTime();

    private Pacer(long workNanos) {
        this.workNanos = workNanos;
    }

    static Pacer gentle() {
        return new Pacer(WORK_NANOS);
    }

    /** Never waits. */
    static Pacer none() {
        return new Pacer(Long.MAX_VALUE);
    }

    /** Before each step: waits where enough was done. */
    void step() throws InterruptedException {
        if (++steps % STEPS_PER_LOOK == 0 && System.nanoTime() - workedFrom > workNanos) {
            Thread.sleep(REST_MILLIS);
            workedFrom = System.nanoTime();
        }
    }

    /** Passes begin some seconds after each other, or follow at once where one takes longer. */
    void awaitNextPass() throws InterruptedException {
        long leftNanos = PASS_NANOS - (System.nanoTime() - passFrom);
        TimeUnit.NANOSECONDS.sleep(Math.max(leftNanos, TimeUnit.MILLISECONDS.toNanos(REST_MILLIS)));
        passFrom = System.nanoTime();
        workedFrom = passFrom;
    }
}
