package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Write;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What waits for the next log entry, bounded by number and by bytes. */
final class WriteQueue {
    /** One waiting write. */
    record Waiting(
            Write write,
            int sizeBytes,
            long sinceNanos,
            CompletableFuture<Committed> answer) {}

    /**
     * What goes into one log entry.
     *
     * @param barrier completed with the root after it; null where no read waits
     */
    record Batch(List<Waiting> writes, @Nullable CompletableFuture<FleetState> barrier) {
        void fail(Throwable forWrites, Throwable forReads) {
            writes.forEach(waiting -> waiting.answer().completeExceptionally(forWrites));
            if (barrier != null) {
                barrier.completeExceptionally(forReads);
            }
        }
    }

    private final Limits limits;
    /** Guarded by this. */
    private final ArrayDeque<Waiting> writes = new ArrayDeque<>();
    /** Size of the waiting writes. Guarded by this. */
    private long bytes;
    /** For all reads that came since the last entry was built. Guarded by this. */
    private @Nullable CompletableFuture<FleetState> barrier;
    /** Guarded by this. */
    private long barrierSinceNanos;
    /** Reads behind {@code barrier}. Guarded by this. */
    private int reads;
    /** Guarded by this. */
    private boolean closed;

    WriteQueue(Limits limits) {
        this.limits = limits;
    }

    /** Adds a write; false after the end. */
    synchronized boolean add(Waiting waiting) throws OverloadedException {
        if (closed) {
            return false;
        }
        if (writes.size() >= limits.queuedWrites()
                || bytes + waiting.sizeBytes() > limits.queuedBytes()) {
            throw new OverloadedException(
                    "%d writes of %d bytes wait for the log already, the bounds are %d and %d; try again later"
                            .formatted(writes.size(), bytes, limits.queuedWrites(),
                                    limits.queuedBytes()));
        }
        writes.addLast(waiting);
        bytes += waiting.sizeBytes();
        notifyAll();
        return true;
    }

    /** What completes with the root after the next entry; null after the end. */
    synchronized @Nullable CompletableFuture<FleetState> nextBarrier() throws OverloadedException {
        if (closed) {
            return null;
        }
        if (reads >= limits.queuedWrites()) {
            throw new OverloadedException(
                    "%d reads wait for the log already; try again later".formatted(reads));
        }
        if (barrier == null) {
            barrier = new CompletableFuture<>();
            barrierSinceNanos = System.nanoTime();
            notifyAll();
        }
        reads++;
        return barrier;
    }

    /** Waits for something to do; null at the end. */
    synchronized @Nullable Batch take() throws InterruptedException {
        while (writes.isEmpty() && barrier == null) {
            if (closed) {
                return null;
            }
            wait();
        }
        List<Waiting> taken = new ArrayList<>();
        long takenBytes = 0;
        while (!writes.isEmpty() && taken.size() < limits.entryWrites()) {
            Waiting next = writes.getFirst();
            if (!taken.isEmpty() && takenBytes + next.sizeBytes() > limits.entryBytes()) {
                break;
            }
            taken.add(writes.removeFirst());
            takenBytes += next.sizeBytes();
        }
        bytes -= takenBytes;
        return new Batch(taken, takeBarrier());
    }

    /** Takes out what has waited for too long. */
    synchronized Batch takeOlderThan(Duration age) {
        long now = System.nanoTime();
        List<Waiting> old = new ArrayList<>();
        while (!writes.isEmpty() && now - writes.getFirst().sinceNanos() > age.toNanos()) {
            Waiting waiting = writes.removeFirst();
            bytes -= waiting.sizeBytes();
            old.add(waiting);
        }
        return new Batch(old,
                barrier != null && now - barrierSinceNanos > age.toNanos() ? takeBarrier() : null);
    }

    /** Takes nothing more in; gives what is left. */
    synchronized Batch close() {
        closed = true;
        Batch left = new Batch(List.copyOf(writes), takeBarrier());
        writes.clear();
        bytes = 0;
        notifyAll();
        return left;
    }

    private synchronized @Nullable CompletableFuture<FleetState> takeBarrier() {
        CompletableFuture<FleetState> taken = barrier;
        barrier = null;
        reads = 0;
        return taken;
    }
}
