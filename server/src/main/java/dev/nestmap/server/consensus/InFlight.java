package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A log entry whose callers wait. It ends once: applied here, or failed, whichever is first. */
final class InFlight {
    private final long sequence;
    private final List<CompletableFuture<Committed>> answers;
    private final @Nullable CompletableFuture<FleetState> barrier;
    private final Duration deadline;
    private final Executor replies;
    private final long sinceNanos = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);

    InFlight(long sequence, WriteQueue.Batch batch, Duration deadline, Executor replies) {
        this.sequence = sequence;
        this.answers = batch.writes().stream().map(WriteQueue.Waiting::answer).toList();
        this.barrier = batch.barrier();
        this.deadline = deadline;
        this.replies = replies;
    }

    long sequence() {
        return sequence;
    }

    /** How long its callers wait. */
    Duration deadline() {
        return deadline;
    }

    boolean isOverdue() {
        return System.nanoTime() - sinceNanos > deadline.toNanos();
    }

    /** Answers the callers. Called on the thread that applies: their code runs elsewhere. */
    void applied(List<Committed> results, FleetState after) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        end.countDown();
        replies.execute(() -> {
            for (int i = 0; i < results.size(); i++) {
                answers.get(i).complete(results.get(i));
            }
            if (barrier != null) {
                barrier.complete(after);
            }
        });
    }

    /** Tells the callers why there is no answer. */
    void failed(Throwable forWrites, Throwable forReads) {
        if (ended.compareAndSet(false, true)) {
            end.countDown();
            replies.execute(() -> {
                answers.forEach(answer -> answer.completeExceptionally(forWrites));
                if (barrier != null) {
                    barrier.completeExceptionally(forReads);
                }
            });
        }
    }

    /** True where it ended in time. */
    boolean await(Duration timeout) throws InterruptedException {
        return end.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
