package dev.nestmap.server.feed;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The sending side of one stream. Its thread waits here while the receiver is not ready, so that nothing piles up, and while
 * there is nothing new. Signals come from gRPC and from the thread that applies, which must not wait for a message to be encoded:
 * so what is known and what is sent have locks of their own.
 *
 * @param <M> the message
 */
public final class Outbox<M> {
    private final ServerCallStreamObserver<M> stream;
    /** Held only for moments. */
    private final ReentrantLock news = new ReentrantLock();
    private final Condition changed = news.newCondition();
    /** A gRPC observer is not safe for threads: held around every call that sends. Taken before {@code news}, never after. */
    private final ReentrantLock sending = new ReentrantLock();
    /** Guarded by {@code news}: there may be something new to send. */
    private boolean woken = true;
    /** Guarded by {@code news}: an error was sent, nothing may follow. */
    private boolean closed;

    /** To be made before the service method returns, as gRPC wants its handlers set by then. */
    public Outbox(ServerCallStreamObserver<M> stream) {
        this.stream = stream;
        stream.setOnReadyHandler(this::signal);
        stream.setOnCancelHandler(this::signal);
    }

    /** Says that there may be something new. Never blocks for long. */
    public void wake() {
        news.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            news.unlock();
        }
    }

    private void signal() {
        news.lock();
        try {
            changed.signalAll();
        } finally {
            news.unlock();
        }
    }

    /** True where nothing can be sent any more. */
    public boolean isClosed() {
        news.lock();
        try {
            return closed || stream.isCancelled();
        } finally {
            news.unlock();
        }
    }

    /** Waits until {@link #wake} was called since the last time, the stream is closed, or the time is over. */
    void awaitNews(Duration atMost) throws InterruptedException {
        news.lock();
        try {
            long leftNanos = atMost.toNanos();
            while (!woken && !closed && !stream.isCancelled() && leftNanos > 0) {
                leftNanos = changed.awaitNanos(leftNanos);
            }
            woken = false;
        } finally {
            news.unlock();
        }
    }

    /** Sends when the receiver is ready. False where it went away, or read nothing for so long. */
    public boolean send(M message, Duration patience) throws InterruptedException {
        if (!awaitReady(patience)) {
            return false;
        }
        sending.lock();
        try {
            if (isClosed()) {
                return false;
            }
            stream.onNext(message);
            return true;
        } finally {
            sending.unlock();
        }
    }

    private boolean awaitReady(Duration patience) throws InterruptedException {
        news.lock();
        try {
            long leftNanos = patience.toNanos();
            while (!stream.isReady() && !closed && !stream.isCancelled()) {
                if (leftNanos <= 0) {
                    return false;
                }
                leftNanos = changed.awaitNanos(leftNanos);
            }
            return !closed && !stream.isCancelled();
        } finally {
            news.unlock();
        }
    }

    /** Ends the stream with an error, unless it has ended. */
    public void fail(Throwable error) {
        sending.lock();
        try {
            if (!isClosed()) {
                stream.onError(error);
            }
            close();
        } finally {
            sending.unlock();
        }
    }

    /** Ends the stream well, unless it has ended. */
    public void complete() {
        sending.lock();
        try {
            if (!isClosed()) {
                stream.onCompleted();
            }
            close();
        } finally {
            sending.unlock();
        }
    }

    private void close() {
        news.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            news.unlock();
        }
    }
}
