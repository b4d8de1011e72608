package dev.nestmap.agent.reconcile;

import java.util.OptionalInt;

/** Looks on while steps are done in the kernel, to count them. */
public interface Witness {
    /** Counts nothing. */
    Witness NOBODY = (_, _, _) -> {};

    /**
     * A step was done, or was tried. Called in the thread that works on the kernel, which waits meanwhile.
     *
     * @param nanos what it took
     * @param errno why it did not come to its end, though part of it may be done; 0 where the cause is no system call; empty: it is
     *     done
     */
    void saw(Deed deed, long nanos, OptionalInt errno);
}
