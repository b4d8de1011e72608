package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The marks that one watcher asked for. Each waits first for a state that is confirmed to have been the newest after it was
 * asked for (one confirmation at a time, for all that wait), then for the stream to reach that state. Safe for threads.
 */
final class ProgressMarks {
    private final Supplier<CompletableFuture<FleetState>> newest;
    private final Runnable confirmation;
    private final Consumer<Throwable> failure;
    /** Not confirmed, nor being. Guarded by this. */
    private final List<Long> asked = new ArrayList<>();
    /** In the order in which they were asked for. Guarded by this. */
    private final ArrayDeque<Mark> confirmed = new ArrayDeque<>();
    /** Guarded by this. */
    private boolean confirming;

    private record Mark(long nonce, long revision) {}

    /**
     * Nothing is asked for yet.
     *
     * @param newest a state that was the newest at some moment after the call
     * @param confirmation told when {@link #due} may give more
     * @param failure told when no state could be confirmed
     */
    ProgressMarks(Supplier<CompletableFuture<FleetState>> newest, Runnable confirmation,
            Consumer<Throwable> failure) {
        this.newest = newest;
        this.confirmation = confirmation;
        this.failure = failure;
    }

    void ask(long nonce) {
        synchronized (this) {
            asked.add(nonce);
            if (confirming) {
                return;
            }
            confirming = true;
        }
        confirm();
    }

    /** The marks to send by a stream on which everything up to the revision was sent. */
    synchronized List<Long> due(long revision) {
        List<Long> due = new ArrayList<>();
        while (!confirmed.isEmpty() && confirmed.getFirst().revision() <= revision) {
            due.add(confirmed.removeFirst().nonce());
        }
        return due;
    }

    private void confirm() {
        List<Long> batch;
        synchronized (this) {
            batch = List.copyOf(asked);
            asked.clear();
        }
        // only now: what is confirmed must have been the newest after all of the batch had arrived
        var _ = newest.get().whenComplete((state, error) -> {
            if (error != null) {
                failure.accept(error);
            } else if (confirmed(batch, state.revision())) {
                confirm();
            }
        });
    }

    /** True where others were asked for meanwhile. */
    private boolean confirmed(List<Long> batch, long revision) {
        boolean again;
        synchronized (this) {
            batch.forEach(nonce -> confirmed.addLast(new Mark(nonce, revision)));
            confirming = !asked.isEmpty();
            again = confirming;
        }
        confirmation.run();
        return again;
    }
}
