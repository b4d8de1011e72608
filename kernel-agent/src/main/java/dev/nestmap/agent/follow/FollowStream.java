package dev.nestmap.agent.follow;

import dev.nestmap.proto.v1.FollowRequest;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.Report;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One stream, from hello to its end. Takes one message at a time from the network, so that a slow kernel slows the store down and
 * fills no memory here; of reports that wait for the network only the newest is kept.
 */
final class FollowStream implements ClientResponseObserver<FollowRequest, FollowResponse> {
    /** Takes what the store sends; an exception ends the stream. */
    interface Receiver {
        void accept(FollowResponse message) throws Exception;
    }

    private final Hello hello;
    private final Receiver receiver;
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();
    private final CompletableFuture<Boolean> heard = new CompletableFuture<>();
    /** Written by the thread that receives. */
    private volatile boolean taken;
    private final Object sending = new Object();
    /** Guarded by {@code sending}, as is all that is sent. */
    private @Nullable ClientCallStreamObserver<FollowRequest> requests;
    /** Guarded by {@code sending}. */
    private @Nullable Report pending;
    /** The call was started: before, it must not even be asked whether it is ready. Guarded by {@code sending}. */
    private boolean opened;

    FollowStream(Hello hello, Receiver receiver) {
        this.hello = hello;
        this.receiver = receiver;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<FollowRequest> stream) {
        stream.disableAutoRequestWithInitial(1);
        stream.setOnReadyHandler(this::flush);
        synchronized (sending) {
            requests = stream;
        }
    }

    /** Says who follows; once, right after the call was started. */
    void open() {
        synchronized (sending) {
            opened = true;
            if (requests != null && !end.isDone()) {
                requests.onNext(FollowRequest.newBuilder().setHello(hello).build());
            }
        }
        flush();
    }

    /** Sends a report, or keeps it until there is room, in place of an older one. */
    void report(Report report) {
        synchronized (sending) {
            pending = report;
        }
        flush();
    }

    private void flush() {
        synchronized (sending) {
            // A stream that has ended takes nothing any more; how it ended is told elsewhere.
            if (opened && requests != null && pending != null && requests.isReady()
                    && !end.isDone()) {
                requests.onNext(FollowRequest.newBuilder().setReport(pending).build());
                pending = null;
            }
        }
    }

    @Override
    public void onNext(FollowResponse message) {
        heard.complete(true);
        try {
            receiver.accept(message);
            taken = true;
            synchronized (sending) {
                if (requests != null) {
                    requests.request(1);
                }
            }
        } catch (Exception e) {
            end.complete(e);
            cancel(e.toString());
        }
    }

    @Override
    public void onError(Throwable failure) {
        end.complete(failure);
    }

    @Override
    public void onCompleted() {
        end.complete(
                Status.UNAVAILABLE.withDescription("the store ended the stream").asException());
    }

    /** Ends the stream from here. */
    void cancel(String reason) {
        end.complete(Status.CANCELLED.withDescription(reason).asException());
        synchronized (sending) {
            if (requests != null) {
                requests.cancel(reason, null);
            }
        }
    }

    /** True once the store has sent something. */
    boolean heardSomething() {
        return heard.isDone();
    }

    /** True once a message of the store was taken without complaint. */
    boolean tookSomething() {
        return taken;
    }

    /** Waits for the end; empty where it has not come in this time. */
    Optional<Throwable> awaitEnd(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(end.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an end is never exceptional", e);
        }
    }
}
