package dev.nestmap.client;

import com.google.protobuf.MessageLite;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.Request.Effect;
import dev.nestmap.client.SentProbe.Progress;
import dev.nestmap.client.wire.InvalidMessageException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call from its first attempt to its answer. Attempts follow one another, each with a deadline of its own, all within
 * one; a write keeps its identity in all of them, so that resending is safe.
 */
final class RetryingCall<Q extends MessageLite, A, T> {
    private final Request<Q, A, T> request;
    private final LeaderConnections connections;
    private final ScheduledExecutorService timer;
    private final int maxMessageBytes;
    private final Pace pace;
    private final FirstContact firstContact;
    private final long deadlineNanos;
    private final CompletableFuture<Answer<T>> result = new CompletableFuture<>();
    // Set once, before the first attempt: the only member that is asked, and only once.
    private final @Nullable String only;
    // Written by attempts, which follow one another; read by whoever closes.
    private volatile boolean maybeDone;
    private volatile SentProbe probe = new SentProbe();
    private volatile @Nullable ClientCall<Q, A> running;

    RetryingCall(Request<Q, A, T> request, LeaderConnections connections,
            ScheduledExecutorService timer, int maxMessageBytes, Pace pace,
            FirstContact firstContact, @Nullable String only) {
        this.request = request;
        this.connections = connections;
        this.timer = timer;
        this.maxMessageBytes = maxMessageBytes;
        this.pace = pace;
        this.firstContact = firstContact;
        this.deadlineNanos = System.nanoTime() + request.timeout().toNanos();
        this.only = only;
    }

    /** Makes the first attempt; the future ends at the latest with the request's timeout. */
    CompletableFuture<Answer<T>> start() {
        try {
            Connection first = only == null ? connections.presumedLeader() : connections.to(only);
            pace.asked(first.target());
            attempt(first);
        } catch (NestmapException | IllegalArgumentException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    CompletableFuture<Answer<T>> result() {
        return result;
    }

    /** Ends the attempt under way, after the result is settled. */
    void abandon() {
        ClientCall<Q, A> call = running;
        if (call != null) {
            call.cancel("given up", null);
        }
    }

    /** Ends the call because its client is closed. */
    void close() {
        maybeDone |= probe.sent();
        finish(Kind.CLOSED, "the client was closed", null);
    }

    private void attempt(Connection connection) {
        if (result.isDone()) {
            return;
        }
        Duration left = Duration.ofNanos(deadlineNanos - System.nanoTime());
        Duration limit = left.compareTo(request.attemptTimeout()) < 0
                ? left
                : request.attemptTimeout();
        try {
            List<Q> messages = request.messages().apply(left);
            int largest = messages.stream()
                    .mapToInt(MessageLite::getSerializedSize)
                    .max()
                    .orElse(0);
            if (largest > maxMessageBytes) {
                finish(Kind.TOO_LARGE, "the message has %d bytes, the limit is %d; send it in parts"
                        .formatted(largest, maxMessageBytes), null);
            } else {
                send(connection, messages, limit);
            }
        } catch (RuntimeException | Error e) {
            // Also where it was abandoned between newCall and start: then the result is settled already. An error too:
            // nobody else would tell who waits.
            finish(Kind.INTERNAL, "could not be sent: " + e, e);
        }
    }

    private void send(Connection connection, List<Q> messages, Duration limit) {
        SentProbe sent = new SentProbe();
        probe = sent;
        // Without gRPC's own limit for what is sent: on a channel that still connects, a call that
        // breaks it never ends, not even at its deadline (grpc-java 1.83.1).
        ClientCall<Q, A> call = connection.channel()
                .newCall(request.method(), CallOptions.DEFAULT
                        .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)
                        .withStreamTracerFactory(sent));
        running = call;
        AttemptObserver observer = new AttemptObserver(connection, sent);
        if (request.method().getType() == MethodType.CLIENT_STREAMING) {
            var _ = ClientCalls.asyncClientStreamingCall(call,
                    new PartsSender<>(messages, observer));
        } else {
            ClientCalls.asyncUnaryCall(call, messages.getFirst(), observer);
        }
    }

    private void succeeded(Connection connection, @Nullable A wire) {
        // Whatever becomes of the answer: a refusal would not have been one.
        maybeDone = true;
        if (wire == null) {
            finish(Kind.INTERNAL, "%s answered nothing".formatted(connection.target()), null);
            return;
        }
        try {
            Answer<T> answer = request.decoder().decode(wire);
            connections.answered(connection, answer.origin());
            result.complete(answer);
        } catch (InvalidMessageException | RuntimeException | Error e) {
            String what = e instanceof InvalidMessageException ? e.getMessage() : e.toString();
            finish(Kind.INTERNAL, "the answer of %s cannot be read: %s"
                    .formatted(connection.target(), what), e);
        }
    }

    private void failed(Connection connection, Throwable error, Progress progress) {
        if (result.isDone()) {
            // Given up by its caller: that says nothing about the member.
            return;
        }
        switch (Verdict.of(error, progress)) {
            case Verdict.Refused(var refusal) -> {
                connections.heard();
                result.completeExceptionally(NestmapException.refused(refusal, error));
            }
            case Verdict.Final(Kind kind, boolean done, String reason) -> {
                maybeDone |= done;
                finish(kind, "%s (from %s)".formatted(reason, connection.target()), error);
            }
            case Verdict.Again again -> {
                maybeDone |= again.maybeDone();
                if (connections.isClosed()) {
                    finish(Kind.CLOSED, "the client was closed", error);
                } else if (firstContact.failed(connection.target(), again) || only != null) {
                    giveUp(connection, again, error);
                } else {
                    again(connection, again, error);
                }
            }
        }
    }

    private void again(Connection connection, Verdict.Again again, Throwable error) {
        try {
            Connection next = connections.failed(connection, error);
            Duration pause = pace.before(next.target(), again.after());
            if (System.nanoTime() + pause.toNanos() - deadlineNanos >= 0) {
                giveUp(connection, again, error);
            } else if (pause.isZero()) {
                attempt(next);
            } else {
                var _ = timer.schedule(() -> attempt(next), pause.toNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (NestmapException | RejectedExecutionException e) {
            finish(Kind.CLOSED, "the client was closed", error);
        }
    }

    private void giveUp(Connection connection, Verdict.Again last, Throwable error) {
        if (firstContact.nobody()) {
            finish(Kind.UNAVAILABLE, only == null
                    ? firstContact.sentence(last.reason())
                    : FirstContact.sentence(only, last.reason()), error);
        } else {
            finish(last.ifLast(), "gave up after %d ms; the last attempt, at %s: %s".formatted(
                    request.timeout().toMillis(), connection.target(), last.reason()), error);
        }
    }

    private void finish(Kind kind, String reason, @Nullable Throwable cause) {
        boolean unknown = request.effect() == Effect.WRITE && maybeDone;
        String message = request.doing().get() + ": " + (unknown
                ? "it is not known whether this was done; look before doing it again: "
                : "") + reason;
        result.completeExceptionally(
                new NestmapException(unknown ? Kind.OUTCOME_UNKNOWN : kind, message, cause));
    }

    /** The end of one attempt. */
    private final class AttemptObserver implements StreamObserver<A> {
        private final Connection connection;
        private final SentProbe sent;
        // Confined to the call's callbacks, which follow one another.
        private @Nullable A answer;

        AttemptObserver(Connection connection, SentProbe sent) {
            this.connection = connection;
            this.sent = sent;
        }

        @Override
        public void onNext(A value) {
            answer = value;
        }

        @Override
        public void onError(Throwable error) {
            try {
                failed(connection, error, sent.progress());
            } catch (RuntimeException | Error e) {
                finish(Kind.INTERNAL, "failed unexpectedly: " + e, e);
            }
        }

        @Override
        public void onCompleted() {
            succeeded(connection, answer);
        }
    }
}
