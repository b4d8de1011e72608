package dev.nestmap.server.feed;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending side of one stream. Its thread waits here while the receiver is not ready, so that nothing piles up, and while
 * there is nothing new. Signals come from gRPC and from the feed. Everything goes to the stream under the lock: a gRPC observer is
 * not safe for threads.
 *
 * @param <M> the message
 */
final class Outbox<M> {
    private final ServerCallStreamObserver<M> stream;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by {@code lock}: there may be something new to send. */
    private boolean woken = true;
    /** Guarded by {@code lock}: an error was sent, nothing may follow. */
    private boolean closed;

    /** To be made before the service method returns, as gRPC wants its handlers set by then. */
    Outbox(ServerCallStreamObserver<M> stream) {
        this.stream = stream;
        stream.setOnReadyHandler(this::signal);
        stream.setOnCancelHandler(this::signal);
    }

    /** Says that there may be something new. Never blocks for long. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed || stream.isCancelled();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until {@link #wake} was called since the last time, the stream is closed, or the time is over. */
    void awaitNews(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long leftNanos = atMost.toNanos();
            while (!woken && !closed && !stream.isCancelled() && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    /** Sends when the receiver is ready. False where it went away, or read nothing for so long. */
    boolean send(M message, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            long leftNanos = patience.toNanos();
            while (!stream.isReady() && !closed && !stream.isCancelled()) {
                if (leftNanos <= 0) {
                    return false;
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
            if (closed || stream.isCancelled()) {
                return false;
            }
            stream.onNext(message);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream with an error, unless it has ended. */
    void fail(Throwable error) {
        lock.lock();
        try {
            if (!closed && !stream.isCancelled()) {
                stream.onError(error);
            }
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
