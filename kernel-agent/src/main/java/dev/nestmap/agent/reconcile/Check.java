package dev.nestmap.agent.reconcile;

/** One way to look for what others changed. For one thread. */
interface Check {
    /** When to look next. */
    long dueNanos(long nowNanos);

    /** Looks, for some milliseconds at most: the thread that does it has other work. */
    void run(Findings findings, long nowNanos);

    /** True for one and the same version of something: to compare what is in it would cost more than it saves. */
    @SuppressWarnings("ReferenceEquality")
    static boolean isSame(Object one, Object other) {
        return one == other;
    }
}
