package dev.nestmap.agent.reconcile;

import java.util.concurrent.TimeUnit;

/** One way to look for what others changed. For one thread. */
interface Check {
    /** What is due so soon is done with what is due now: an agent at rest spends more on waking than on looking. */
    long TOGETHER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Of what is looked at each second. */
    long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The end of the second that a moment is in: the same for whatever is looked at each second, so that all of it takes one wake. */
    static long nextSecond(long nowNanos) {
        return nowNanos + SECOND_NANOS - Math.floorMod(nowNanos + TOGETHER_NANOS, SECOND_NANOS)
                + TOGETHER_NANOS;
    }

    /** When to look next. */
    long dueNanos(long nowNanos);

    /**
     * Looks, for some milliseconds at most: the thread that does it has other work.
     *
     * @return true where nothing is left of this round
     */
    boolean run(Findings findings, long nowNanos);

    /** How much sooner it may run than is due, together with something else. */
    default long leewayNanos() {
        return TOGETHER_NANOS;
    }

    /** What it looks at, for people. */
    String words();

    /** The map that it looks at, or looked at when it was ended by a mistake; 0 for none in particular. */
    long mapId();

    /** True for one and the same version of something: to compare what is in it would cost more than it saves. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isSame(Object one, Object other) {
        return one == other;
    }
}
