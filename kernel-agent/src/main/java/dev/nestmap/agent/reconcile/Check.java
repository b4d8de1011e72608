package dev.nestmap.agent.reconcile;

/** One way to look for what others changed. For one thread. */
interface Check {
    /** When to look next. */
    long dueNanos(long nowNanos);

    /**
     * Looks, for some milliseconds at most: the thread that does it has other work.
     *
     * @return true where nothing is left of this round
     */
    boolean run(Findings findings, long nowNanos);

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
