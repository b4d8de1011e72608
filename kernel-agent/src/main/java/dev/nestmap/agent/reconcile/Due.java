package dev.nestmap.agent.reconcile;

import java.util.OptionalLong;

/** Moments at which something is to be done, in nanoseconds of the clock that {@link System#nanoTime} is. */
final class Due {
    private Due() {}

    /** The earlier one; empty, which is never, where both are. */
    static OptionalLong earlier(OptionalLong one, OptionalLong another) {
        if (one.isEmpty() || another.isEmpty()) {
            return one.isPresent() ? one : another;
        }
        return one.getAsLong() - another.getAsLong() < 0 ? one : another;
    }
}
