package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A log entry whose callers wait. It ends once: applied here, or failed, whichever is first. */
final class InFlight {
    private final long sequence;
    private final WriteQueue.Batch batch;
    private final Executor replies;
    private final long sinceNanos = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);

    InFlight(long sequence, WriteQueue.Batch batch, Executor replies) {
        this.sequence = sequence;
        this.batch = batch;
        this.replies = replies;
    }

    long sequence() {
        return sequence;
    }

    boolean isOlderThan(Duration age) {
        return System.nanoTime() - sinceNanos > age.toNanos();
    }

    /** Answers the callers. Called on the thread that applies: their code runs elsewhere. */
    void applied(List<Committed> results, FleetState after) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        end.countDown();
        replies.execute(() -> {
            for (int i = 0; i < results.size(); i++) {
                batch.writes().get(i).answer().complete(results.get(i));
            }
            if (batch.barrier() != null) {
                batch.barrier().complete(after);
            }
        });
    }

    /** Tells the callers why there is no answer. */
    void failed(Throwable forWrites, Throwable forReads) {
        if (ended.compareAndSet(false, true)) {
            end.countDown();
            replies.execute(() -> batch.fail(forWrites, forReads));
        }
    }

    /** True where it ended in time. */
    boolean await(Duration timeout) throws InterruptedException {
        return end.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
