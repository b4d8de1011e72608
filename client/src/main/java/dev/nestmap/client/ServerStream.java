package dev.nestmap.client;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of messages from a server. It may send {@value #WINDOW} messages ahead of the reader; each one taken
 * allows one more, so that nothing but those is ever held here.
 */
final class ServerStream<Q, A> extends ClientCall.Listener<A> {
    private static final int WINDOW = 4;

    private final Connection connection;
    private final ClientCall<Q, A> call;
    private final SentProbe probe = new SentProbe();
    /** Guarded by this: nothing can be sent any more. */
    private boolean cancelled;
    /** Room for every message that was asked for, and for the end. */
    private final BlockingQueue<Signal<A>> signals = new ArrayBlockingQueue<>(WINDOW + 1);

    /** What comes from the server. */
    sealed interface Signal<A> {}

    /** A message. */
    record Message<A>(A response) implements Signal<A> {}

    /** The last signal. */
    record Ended<A>(Throwable error) implements Signal<A> {}

    /** Opens the stream with its first request. */
    ServerStream(Connection connection, MethodDescriptor<Q, A> method, Q request) {
        this.connection = connection;
        this.call = connection.channel()
                .newCall(method, CallOptions.DEFAULT.withStreamTracerFactory(probe));
        call.start(this, new Metadata());
        call.request(WINDOW);
        call.sendMessage(request);
        if (method.getType() == MethodType.SERVER_STREAMING) {
            call.halfClose();
        }
    }

    /** Sends a further request. Any thread; after the end it does nothing. */
    synchronized void send(Q request) {
        if (!cancelled) {
            call.sendMessage(request);
        }
    }

    Connection connection() {
        return connection;
    }

    /** The verdict with what this stream knows of having reached a server. */
    Verdict.Again reached(Verdict.Again again) {
        return new Verdict.Again(again.ifLast(), again.reached() && probe.sent(), false,
                again.after(), again.reason());
    }

    /** The next signal; null where none came in time. */
    @Nullable
    Signal<A> take(long longestNanos) throws InterruptedException {
        Signal<A> signal = signals.poll(longestNanos, TimeUnit.NANOSECONDS);
        if (signal instanceof Message) {
            requestOne();
        }
        return signal;
    }

    private synchronized void requestOne() {
        call.request(1);
    }

    synchronized void cancel() {
        cancelled = true;
        call.cancel("the stream was closed", null);
    }

    @Override
    public void onMessage(A message) {
        signals.add(new Message<>(message));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        // Whoever reads to the end leaves before: an end that is seen here wants us to come back.
        Status error = status.isOk()
                ? Status.UNAVAILABLE.withDescription("the server ended the stream")
                : status;
        signals.add(new Ended<>(error.asRuntimeException(trailers)));
    }
}
