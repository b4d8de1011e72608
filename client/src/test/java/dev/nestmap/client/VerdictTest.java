package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.nestmap.client.NestmapException.Kind;
import io.grpc.Status;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;

class VerdictTest {
    @Test
    void aConnectionThatGoesIsTriedAgainAndAWriteOnItMayBeDone() {
        Throwable error = Status.UNKNOWN.withDescription("channel closed")
                .withCause(new ClosedChannelException())
                .asRuntimeException();
        Verdict.Again again = assertInstanceOf(Verdict.Again.class, Verdict.of(error, true));
        assertEquals(new Verdict.Again(Kind.UNAVAILABLE, true, true, java.time.Duration.ZERO,
                "channel closed"), again);
    }

    @Test
    void anUnknownErrorOfTheServerIsNotTriedAgain() {
        Throwable error = Status.UNKNOWN.withDescription("bug").asRuntimeException();
        assertInstanceOf(Verdict.Final.class, Verdict.of(error, true));
    }
}
