package dev.nestmap.agent;

import dev.nestmap.agent.checkpoint.Checkpointed;
import dev.nestmap.agent.follow.Follower.Connection;
import dev.nestmap.agent.follow.Messages;
import dev.nestmap.agent.reconcile.KernelLoop;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.proto.v1.Report;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What the two threads of an agent last said of themselves. Any number of threads may use it. */
final class AgentState {
    private static final Connection NONE = new Connection(false, "", "", false);

    private final Lock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Apart, so that whoever waits for news is not woken by what goes on while there are none. */
    private final Condition news = lock.newCondition();
    // All guarded by the lock.
    private Connection connection = NONE;
    private Optional<String> death = Optional.empty();
    private Progress progress = Progress.NONE;
    private Duration lastApply = Duration.ZERO;
    private long receivedRevision;
    private boolean heard;
    private boolean ready;
    private long newsCount;
    private final long startedNanos = System.nanoTime();
    /** When the stream that is open now was established. */
    private long connectedNanos;
    private long restoredRevision;

    /** For an agent whose maps programs can rely on from the start, or not. */
    AgentState(boolean ready) {
        this.ready = ready;
    }

    void connection(Connection now) {
        change(() -> {
            if (now.established() && (!connection.established()
                    || !connection.server().equals(now.server()))) {
                connectedNanos = System.nanoTime();
            }
            if (!now.equals(connection)) {
                countNews();
            }
            connection = now;
        });
    }

    void received(long revision) {
        change(() -> receivedRevision = revision);
    }

    void applied(KernelLoop.Done done) {
        change(() -> {
            ready = true;
            if (done.news()) {
                countNews();
            }
            if (done.restored()) {
                // The store is not told of a revision before maps that it does not want any more are gone.
                progress = done.progress().ofNoRevision();
                restoredRevision = done.progress().appliedRevision();
                return;
            }
            progress = done.progress();
            heard = true;
            if (done.nanos() != 0) {
                lastApply = Duration.ofNanos(done.nanos());
            }
        });
    }

    void died(String reason) {
        change(() -> {
            death = Optional.of(reason);
            countNews();
        });
    }

    /** True where programs can rely on the maps. */
    boolean isReady() {
        lock.lock();
        try {
            return ready;
        } finally {
            lock.unlock();
        }
    }

    boolean awaitApplied(long revision, Duration timeout) throws InterruptedException {
        return await(() -> heard && progress.appliedRevision() >= revision, timeout);
    }

    /** Waits until there were other than so many news, and gives the number that there were. */
    long awaitNews(long seen, Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (newsCount == seen && left > 0) {
                left = news.awaitNanos(left);
            }
            return newsCount;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. */
    private void countNews() {
        newsCount++;
        news.signalAll();
    }

    boolean awaitReady(Duration timeout) throws InterruptedException {
        return await(() -> ready, timeout);
    }

    private boolean await(BooleanSupplier condition, Duration timeout)
            throws InterruptedException {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = changed.awaitNanos(Math.min(left, TimeUnit.DAYS.toNanos(1)));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** What is in the kernel, as far as that was said. */
    Progress progress() {
        lock.lock();
        try {
            return progress;
        } finally {
            lock.unlock();
        }
    }

    Report report() {
        lock.lock();
        try {
            return Messages.report(receivedRevision, progress, lastApply);
        } finally {
            lock.unlock();
        }
    }

    AgentStatus status(Optional<Checkpointed> checkpoint, Optional<String> checkpointTrouble) {
        lock.lock();
        try {
            boolean connected = connection.established() && death.isEmpty();
            long now = System.nanoTime();
            return new AgentStatus(connected,
                    nonEmpty(connection.server()),
                    death.or(() -> nonEmpty(connection.trouble())),
                    death.isPresent() || connection.stopped(),
                    receivedRevision, progress, lastApply, restoredRevision,
                    connected
                            ? Optional.of(Duration.ofNanos(now - connectedNanos))
                            : Optional.empty(),
                    Duration.ofNanos(now - startedNanos), checkpoint, checkpointTrouble);
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Optional<String> nonEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
