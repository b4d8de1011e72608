package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.SentProbe.Progress;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.ErrorWords;
import dev.nestmap.model.Refusal;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** What follows from the error of one attempt. */
sealed interface Verdict {
    /** The store said no. */
    record Refused(Refusal refusal) implements Verdict {}

    /**
     * Another attempt would fare no better.
     *
     * @param maybeDone a write may have been done
     */
    record Final(Kind kind, boolean maybeDone, String reason) implements Verdict {}

    /**
     * Another attempt may succeed.
     *
     * @param ifLast what to call it where there is no time for another
     * @param reached a server was reached
     * @param maybeDone a write may have been done
     * @param after the server asks for this pause
     */
    record Again(Kind ifLast, boolean reached, boolean maybeDone, Duration after, String reason)
            implements
                Verdict {}

    /** Judges the error of an attempt that went so far. */
    static Verdict of(Throwable error, Progress progress) {
        boolean sent = progress != Progress.NOT_SENT;
        Optional<Refusal> refusal = ErrorCodec.refusal(error);
        if (refusal.isPresent()) {
            return new Refused(refusal.get());
        }
        String reason = reason(error, sent);
        return ErrorCodec.storeError(error)
                .map(known -> ofStore(known, reason,
                        ErrorCodec.retryAfter(error).orElse(Duration.ZERO)))
                .orElseGet(() -> ofTransport(Status.fromThrowable(error), progress, reason));
    }

    private static Verdict ofStore(StoreError error, String reason, Duration after) {
        return switch (error) {
            case NO_LEADER -> new Again(Kind.UNAVAILABLE, true, false, after, reason);
            case OUTCOME_UNKNOWN -> new Again(Kind.UNAVAILABLE, true, true, after, reason);
            case RETRY_TOO_OLD -> new Final(Kind.OUTCOME_UNKNOWN, true, reason);
            case OVERLOADED -> new Again(Kind.OVERLOADED, true, false, after, reason);
            case REVISION_GONE -> new Final(Kind.REVISION_GONE, false, reason);
            case TOO_LARGE -> new Final(Kind.TOO_LARGE, false, reason);
            case INVALID_REQUEST -> new Final(Kind.INVALID, false, reason);
            case NO_NODE -> new Final(Kind.NO_NODE, false, reason);
            case WRONG_CLUSTER -> new Final(Kind.WRONG_CLUSTER, false, reason);
        };
    }

    private static Verdict ofTransport(Status status, Progress progress, String reason) {
        boolean sent = progress != Progress.NOT_SENT;
        // A connection that goes while a call is being set up on it is UNKNOWN to gRPC ("channel closed").
        if (status.getCause() instanceof IOException) {
            return new Again(Kind.UNAVAILABLE, sent, sent, Duration.ZERO, reason);
        }
        return switch (status.getCode()) {
            case UNAVAILABLE, CANCELLED, ABORTED ->
                new Again(Kind.UNAVAILABLE, sent, sent, Duration.ZERO, reason);
            case DEADLINE_EXCEEDED ->
                new Again(sent ? Kind.TIMED_OUT : Kind.UNAVAILABLE, sent, sent, Duration.ZERO,
                        reason);
            case RESOURCE_EXHAUSTED -> overSizeLimit(status)
                    // The request was, and was not read; or the answer is, and what it answers was done.
                    ? new Final(Kind.TOO_LARGE, progress == Progress.ANSWERED,
                            reason + "; send or ask for it in parts")
                    : new Again(Kind.OVERLOADED, sent, sent, Duration.ZERO, reason);
            case UNIMPLEMENTED -> new Final(Kind.UNSUPPORTED, false, reason
                    + ": is it a Nestmap server of this version?");
            case PERMISSION_DENIED, UNAUTHENTICATED -> new Final(Kind.DENIED, false, reason);
            // Not the store's own words: nobody knows what was done before they were said.
            case OK, UNKNOWN, INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION,
                    OUT_OF_RANGE, INTERNAL, DATA_LOSS ->
                new Final(Kind.INTERNAL, sent, reason);
        };
    }

    /** gRPC's own limits come without details, told from others of this code by their words alone. */
    private static boolean overSizeLimit(Status status) {
        String text = String.valueOf(status.getDescription()).toLowerCase(Locale.ROOT);
        return text.contains("message")
                && (text.contains("exceeds maximum size") || text.contains("too large"));
    }

    private static String reason(Throwable error, boolean sent) {
        if (Status.fromThrowable(error).getCode() == Status.Code.DEADLINE_EXCEEDED) {
            return sent ? "no answer" : "no connection in time";
        }
        return ErrorWords.of(error);
    }
}
