package dev.nestmap.agent.kernel;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far a batch came: the first {@code done} of its elements, in the order given, took effect and stay; the
 * element behind them is the one that failed; nothing behind that was tried.
 */
public final class BatchOutcome {
    private final int done;
    private final @Nullable KernelException failure;

    private BatchOutcome(int done, @Nullable KernelException failure) {
        this.done = done;
        this.failure = failure;
    }

    /** Every one of {@code count} elements took effect. */
    public static BatchOutcome complete(int count) {
        return new BatchOutcome(count, null);
    }

    /** The first {@code done} elements took effect, then this happened. */
    public static BatchOutcome stopped(int done, KernelException failure) {
        return new BatchOutcome(done, failure);
    }

    /** The number of elements that took effect. */
    public int done() {
        return done;
    }

    /** What stopped the batch; empty where all of it was done. */
    public Optional<KernelException> failure() {
        return Optional.ofNullable(failure);
    }

    /** Throws what stopped the batch, if anything did. */
    public void orThrow() throws KernelException {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public String toString() {
        return failure == null ? done + " done" : done + " done, then " + failure.getMessage();
    }
}
