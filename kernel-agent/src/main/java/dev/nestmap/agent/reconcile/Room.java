package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.BatchOutcome;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Errno;
import java.util.Optional;

/** Tells a map that is full from one of which the kernel says so for a moment, as it does of hashes without preallocation. */
final class Room {
    private Room() {}

    /**
     * The problem of a map that is full. Nothing in it was changed by what was tried, so that what is known of it still holds, and
     * trying again costs one system call.
     *
     * @param held as it was known right before
     */
    static Optional<Problem> none(BatchOutcome outcome, Held held) {
        KernelException failure = outcome.failure().orElse(null);
        if (failure == null || outcome.done() > 0
                || !(failure.is(Errno.E2BIG) || failure.is(Errno.ENOSPC))) {
            return Optional.empty();
        }
        long elements = held.contents()
                .map(contents -> contents.elements().size() + contents.foreign())
                .orElse(0L);
        long capacity = held.spec().capacity();
        return elements < capacity
                ? Optional.empty()
                : Optional.of(new Problem(failure.errnoNumber(),
                        "%s: it is full: it held %d of %d elements when it was read last, those of other programs of this host among them; what is missing is written as soon as there is room: remove elements there, or define a larger map"
                                .formatted(failure.getMessage(), elements, capacity),
                        Retry.ROOM));
    }
}
