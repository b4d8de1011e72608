package dev.nestmap.server.api;

import dev.nestmap.client.wire.CommandCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.ReadOptions;
import dev.nestmap.proto.v1.Write;
import dev.nestmap.server.consensus.Committed;
import dev.nestmap.server.consensus.Consensus;
import dev.nestmap.server.consensus.EntryTooLargeException;
import dev.nestmap.server.consensus.NotLeaderException;
import dev.nestmap.server.consensus.OutcomeUnknownException;
import dev.nestmap.server.consensus.OverloadedException;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How calls are answered: from a write that was committed, from a version of the state, or with an error. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);
    private static final Duration RETRY_AFTER = Duration.ofMillis(100);
    private static final Duration AT_LEAST_LIMIT = Duration.ofSeconds(60);

    private final Consensus consensus;

    Replies(Consensus consensus) {
        this.consensus = consensus;
    }

    /** Makes an answer of what was committed. */
    interface FromCommit<A> {
        A answer(Header header, Result result, FleetState state);
    }

    /** Makes an answer of a version of the state. */
    interface FromState<A> {
        A answer(Header header, FleetState state) throws InvalidMessageException;
    }

    /** Commits a write and answers; a refusal becomes an error. */
    <A> void write(Write write, StreamObserver<A> observer, FromCommit<A> answer) {
        try {
            // What cannot be understood must not get into the log.
            CommandCodec.requestId(write);
            CommandCodec.command(write);
        } catch (InvalidMessageException e) {
            observer.onError(ErrorCodec.error(e.refusal()));
            return;
        }
        reply(consensus.submit(write).thenApply(committed -> answer(committed, answer)), observer);
    }

    /** Answers from a version as fresh as was asked for. */
    <A> void read(ReadOptions options, StreamObserver<A> observer, FromState<A> answer) {
        reply(state(options).thenApply(state -> answer(state, answer)), observer);
    }

    /** Answers from the newest version, on a thread of its own: others wait for the same confirmation. */
    <A> void readAside(StreamObserver<A> observer, FromState<A> answer) {
        reply(confirmed().thenApplyAsync(state -> answer(state, answer),
                Thread::startVirtualThread), observer);
    }

    /** The header of an answer that speaks of a revision. */
    Header header(long revision) {
        return Headers.header(consensus.status(), revision);
    }

    /** The value, or the error that carries the refusal. */
    static <T> T valueOrError(Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) -> throw ErrorCodec.error(refusal);
        };
    }

    /** The same where the refusal is an answer too, which says of which revision it speaks. */
    static <T> T valueOrError(Outcome<T> outcome, Header header) {
        return switch (outcome) {
            case Outcome.Done<T>(T value) -> value;
            case Outcome.Refused<T>(Refusal refusal) -> throw ErrorCodec.error(refusal, header);
        };
    }

    /** What a result that does not fit its request becomes. */
    static StatusRuntimeException unexpected(Result result) {
        return Status.INTERNAL
                .withDescription(
                        "this request was answered before with %s: the client used one call id for two different writes"
                                .formatted(result.getClass().getSimpleName()))
                .asRuntimeException();
    }

    /** A state that was the newest at some moment after this call; fails with what a client is to be told. */
    CompletableFuture<FleetState> confirmed() {
        return consensus.linearizable()
                .exceptionallyCompose(
                        failure -> CompletableFuture.failedFuture(error(failure)));
    }

    /** The state as this member has it. */
    FleetState here() {
        return consensus.state();
    }

    /** The state of one revision, while it is held. */
    Optional<FleetState> held(long revision) {
        return consensus.root(revision);
    }

    /** A state as fresh as was asked for. */
    CompletableFuture<FleetState> state(ReadOptions options) {
        if (options.getExactRevision() != 0) {
            return exact(options.getExactRevision());
        }
        CompletableFuture<FleetState> state = options.getLocal()
                ? CompletableFuture.completedFuture(consensus.state())
                : consensus.linearizable();
        return options.getAtLeastRevision() == 0
                ? state
                : state.thenCompose(_ -> atLeast(options.getAtLeastRevision()));
    }

    private CompletableFuture<FleetState> exact(long revision) {
        return atLeast(revision).thenCompose(newest -> held(revision)
                .map(CompletableFuture::completedFuture)
                .orElseGet(() -> CompletableFuture.failedFuture(ErrorCodec.error(
                        StoreError.REVISION_GONE,
                        "revision %s is not held any more, the newest is %d; begin again at the newest"
                                .formatted(Long.toUnsignedString(revision),
                                        newest.revision())))));
    }

    /** Waits as long as the caller does, and not for ever where it sets no deadline. */
    private CompletableFuture<FleetState> atLeast(long revision) {
        CompletableFuture<FleetState> state = consensus.atLeast(revision);
        Context.current()
                .addListener(
                        _ -> state.completeExceptionally(
                                Status.CANCELLED.withDescription("the caller went away")
                                        .asRuntimeException()),
                        Runnable::run);
        return state.orTimeout(AT_LEAST_LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private <A> A answer(FleetState state, FromState<A> answer) {
        try {
            return answer.answer(header(state.revision()), state);
        } catch (InvalidMessageException e) {
            throw ErrorCodec.error(e.refusal());
        }
    }

    private <A> A answer(Committed committed, FromCommit<A> answer) {
        if (committed.result() instanceof Result.Refused(Refusal refusal)) {
            throw ErrorCodec.error(refusal);
        }
        if (committed.result() instanceof Result.Forgotten) {
            throw ErrorCodec.error(StoreError.RETRY_TOO_OLD,
                    "a write with this request id came before, or may have, and what became of it is not remembered any more; it is not done again: read what it should have changed, and send it with a new call_id where it was not done");
        }
        return answer.answer(header(committed.revision()), committed.result(), committed.state());
    }

    private static <A> void reply(CompletableFuture<A> future, StreamObserver<A> observer) {
        var _ = future.whenComplete((answer, error) -> {
            if (error != null) {
                observer.onError(error(error));
                return;
            }
            try {
                observer.onNext(answer);
                observer.onCompleted();
            } catch (RuntimeException e) {
                observer.onError(error(e)); // without it the caller would wait for its deadline
            }
        });
    }

    /** What a client is told of a failure. */
    static StatusRuntimeException error(Throwable failure) {
        Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        return switch (cause) {
            case StatusRuntimeException status -> status;
            case NotLeaderException e ->
                ErrorCodec.retriable(StoreError.NO_LEADER, messageOf(e), e.leaderClientAddress(),
                        RETRY_AFTER);
            case OutcomeUnknownException e ->
                ErrorCodec.retriable(StoreError.OUTCOME_UNKNOWN, messageOf(e), Optional.empty(),
                        RETRY_AFTER);
            case OverloadedException e ->
                ErrorCodec.retriable(StoreError.OVERLOADED, messageOf(e), Optional.empty(),
                        RETRY_AFTER);
            case TimeoutException _ -> Status.DEADLINE_EXCEEDED
                    .withDescription("this member did not reach the revision asked for in time")
                    .asRuntimeException();
            case EntryTooLargeException e -> ErrorCodec.error(StoreError.TOO_LARGE, messageOf(e));
            default -> {
                LOG.error("a call failed", cause);
                yield Status.INTERNAL.withDescription("the server failed: " + cause)
                        .withCause(cause)
                        .asRuntimeException();
            }
        };
    }

    private static String messageOf(Throwable error) {
        return String.valueOf(error.getMessage());
    }
}
