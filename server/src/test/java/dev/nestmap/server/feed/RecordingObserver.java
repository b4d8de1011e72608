package dev.nestmap.server.feed;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The receiver of a stream: keeps what it is sent, reads only while it is told to. */
public final class RecordingObserver<M> extends ServerCallStreamObserver<M> {
    private static final long DEADLINE_SECONDS = 20;

    public final BlockingQueue<M> messages = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> errors = new LinkedBlockingQueue<>();
    final CountDownLatch completed = new CountDownLatch(1);
    final AtomicInteger requested = new AtomicInteger();
    private volatile boolean ready = true;
    private volatile boolean cancelled;
    private volatile Runnable onReady = () -> {};
    private volatile Runnable onCancel = () -> {};

    /** The next message. */
    public M next() throws InterruptedException {
        M message = messages.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (message == null) {
            throw new AssertionError("nothing came; errors: " + errors);
        }
        return message;
    }

    /** The error that ended the stream. */
    public Throwable error() throws InterruptedException {
        Throwable error = errors.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
        if (error == null) {
            throw new AssertionError("no error came; messages: " + messages);
        }
        return error;
    }

    void reading(boolean isReading) {
        ready = isReading;
        onReady.run();
    }

    void cancel() {
        cancelled = true;
        onCancel.run();
    }

    @Override
    public void onNext(M message) {
        messages.add(message);
    }

    @Override
    public void onError(Throwable error) {
        errors.add(error);
    }

    @Override
    public void onCompleted() {
        completed.countDown();
    }

    @Override
    public boolean isReady() {
        return ready;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {
        onReady = handler;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {
        onCancel = handler;
    }

    @Override
    public void request(int count) {
        requested.addAndGet(count);
    }

    @Override
    public void setCompression(String compression) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setMessageCompression(boolean enable) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void disableAutoInboundFlowControl() {
        // nothing is sent to this one anyway
    }

    @Override
    public void disableAutoRequest() {
        // nothing is sent to this one anyway
    }
}
