package dev.nestmap.client;

import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One stream of a watch. The server may send {@value #WINDOW} messages ahead of the reader; each one taken allows one
 * more, so that nothing but those is ever held here.
 */
final class WatchStream extends ClientCall.Listener<WatchResponse> {
    private static final int WINDOW = 4;

    private final Connection connection;
    private final ClientCall<WatchRequest, WatchResponse> call;
    private final SentProbe probe = new SentProbe();
    /** Guarded by this: nothing can be sent any more. */
    private boolean cancelled;
    /** Room for every message that was asked for, and for the end. */
    private final BlockingQueue<Signal> signals = new ArrayBlockingQueue<>(WINDOW + 1);

    /** What comes from the server. */
    sealed interface Signal {}

    /** A message. */
    record Message(WatchResponse response) implements Signal {}

    /** The last signal. */
    record Ended(Throwable error) implements Signal {}

    /** Opens the stream; the request says what to watch. */
    WatchStream(Connection connection, WatchRequest request) {
        this.connection = connection;
        this.call = connection.channel()
                .newCall(MapServiceGrpc.getWatchMethod(),
                        CallOptions.DEFAULT.withStreamTracerFactory(probe));
        call.start(this, new Metadata());
        call.request(WINDOW);
        call.sendMessage(request);
    }

    /** Asks for a mark. Any thread; after the end it does nothing. */
    synchronized void askProgress(long nonce) {
        if (!cancelled) {
            call.sendMessage(WatchRequest.newBuilder().setProgressNonce(nonce).build());
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
    Signal take(long longestNanos) throws InterruptedException {
        Signal signal = signals.poll(longestNanos, TimeUnit.NANOSECONDS);
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
        call.cancel("the watch was closed", null);
    }

    @Override
    public void onMessage(WatchResponse message) {
        signals.add(new Message(message));
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        // The contract knows no regular end: whoever ends the stream wants us to come back.
        Status error = status.isOk()
                ? Status.UNAVAILABLE.withDescription("the server ended the watch")
                : status;
        signals.add(new Ended(error.asRuntimeException(trailers)));
    }
}
