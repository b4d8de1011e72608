package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.SentProbe.Progress;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.junit.jupiter.api.Test;

class VerdictTest {
    @Test
    void aConnectionThatGoesIsTriedAgainAndAWriteOnItMayBeDone() {
        Throwable error = Status.UNKNOWN.withDescription("channel closed")
                .withCause(new ClosedChannelException())
                .asRuntimeException();
        Verdict.Again again = assertInstanceOf(Verdict.Again.class,
                Verdict.of(error, Progress.SENT));
        assertEquals(new Verdict.Again(Kind.UNAVAILABLE, true, true, java.time.Duration.ZERO,
                "channel closed"), again);
    }

    @Test
    void anUnknownErrorOfTheServerIsNotTriedAgain() {
        Throwable error = Status.UNKNOWN.withDescription("bug").asRuntimeException();
        assertEquals(new Verdict.Final(Kind.INTERNAL, true, "bug"),
                Verdict.of(error, Progress.SENT));
        assertEquals(new Verdict.Final(Kind.INTERNAL, false, "bug"),
                Verdict.of(error, Progress.NOT_SENT));
    }

    @Test
    void whatIsTooLargeWasDoneWhereItIsTheAnswer() {
        Throwable error = Status.RESOURCE_EXHAUSTED
                .withDescription("gRPC message exceeds maximum size 5: 6")
                .asRuntimeException();
        String reason = "gRPC message exceeds maximum size 5: 6; send or ask for it in parts";
        assertEquals(new Verdict.Final(Kind.TOO_LARGE, false, reason),
                Verdict.of(error, Progress.SENT));
        assertEquals(new Verdict.Final(Kind.TOO_LARGE, true, reason),
                Verdict.of(error, Progress.ANSWERED));
    }

    @Test
    void whatIsSentAgainTooLateMayBeDone() {
        assertEquals(new Verdict.Final(Kind.OUTCOME_UNKNOWN, true, "too late"),
                Verdict.of(ErrorCodec.error(StoreError.RETRY_TOO_OLD, "too late"),
                        Progress.ANSWERED));
    }

    @Test
    void whatTheStoreItselfRefusesIsNotDone() {
        for (StoreError said : List.of(StoreError.TOO_LARGE, StoreError.INVALID_REQUEST,
                StoreError.NO_NODE, StoreError.WRONG_CLUSTER, StoreError.REVISION_GONE)) {
            assertFalse(assertInstanceOf(Verdict.Final.class,
                    Verdict.of(ErrorCodec.error(said, "no"), Progress.SENT)).maybeDone(),
                    said.name());
        }
    }
}
