package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.FakeMember.Reaction;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.RequestId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class RetryTest {
    private static final Bytes KEY = Bytes.u32le(1);
    private static final Value VALUE = new Value.Data(Bytes.u64le(2));
    private static final ClientOptions OPTIONS = ClientOptions.defaults()
            .withTimeout(Duration.ofSeconds(30))
            .withAttemptTimeout(Duration.ofSeconds(20));
    private static final Duration SHORT = Duration.ofMillis(700);

    private final FakeMember first = new FakeMember();
    private final FakeMember second = new FakeMember();

    @AfterEach
    void closeMembers() {
        first.close();
        second.close();
    }

    @Test
    void aWriteThatIsSentAgainKeepsItsIdentity() throws InterruptedException {
        first.updates.set(
                Reaction.error(ErrorCodec.error(StoreError.OUTCOME_UNKNOWN, "leadership lost")),
                Reaction.error(io.grpc.Status.UNAVAILABLE.asRuntimeException()),
                (request, client) -> {
                    client.onNext(dev.nestmap.proto.v1.UpdateResponse.newBuilder()
                            .setHeader(FakeMember.header(9))
                            .build());
                    client.onCompleted();
                });
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            assertEquals(9, client.map("m").update(KEY, VALUE).revision());
            assertEquals(9, client.map("m").update(KEY, VALUE).revision());
        }
        RequestId identity = first.updates.take().getRequestId();
        assertEquals(16, identity.getClientId().size());
        assertEquals(identity, first.updates.take().getRequestId());
        assertEquals(identity, first.updates.take().getRequestId());
        assertNotEquals(identity, first.updates.take().getRequestId(), "another write");
    }

    @Test
    void aCallGoesToTheLeaderThatTheErrorNames() {
        first.updates.set(Reaction.error(noLeader(Optional.of(second.target()))));
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
        }
        assertEquals(1, first.updates.count(), "the leader is remembered");
        assertEquals(2, second.updates.count());
    }

    @Test
    void aSilentMemberDoesNotUseUpTheWholeCall() throws InterruptedException {
        first.updates.set(Reaction.silence());
        try (NestmapClient client = NestmapClient.connect(
                OPTIONS.withTargets(first.target(), second.target()).withAttemptTimeout(SHORT))) {
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
        }
        assertEquals(first.updates.take().getRequestId(), second.updates.take().getRequestId());
    }

    @Test
    void aDeadMemberIsPassedOver() {
        String dead = "127.0.0.1:" + FakeMember.freePort();
        try (NestmapClient client = NestmapClient
                .connect(OPTIONS.withTargets(dead, second.target()))) {
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
        }
    }

    @Test
    void theOverallDeadlineHoldsWhileThereIsNoLeader() {
        first.updates.set(Reaction.error(noLeader(Optional.empty())));
        long start = System.nanoTime();
        try (NestmapClient client = NestmapClient
                .connect(OPTIONS.withTargets(first.target()).withTimeout(SHORT))) {
            connected(() -> client.map("m").lookup(KEY));
            NestmapException e = assertThrows(NestmapException.class,
                    () -> client.map("m").update(KEY, VALUE));
            assertEquals(Kind.UNAVAILABLE, e.kind());
            assertTrue(String.valueOf(e.getMessage()).contains("no leader now"), e.getMessage());
        }
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(15));
        assertTrue(first.updates.count() > 1, "it tried more than once");
    }

    @Test
    void aWriteWithoutAnAnswerIsOfUnknownOutcome() {
        first.updates.set(Reaction.silence());
        try (NestmapClient client = NestmapClient
                .connect(OPTIONS.withTargets(first.target()).withTimeout(SHORT))) {
            connected(() -> client.map("m").lookup(KEY));
            NestmapException e = assertThrows(NestmapException.class,
                    () -> client.map("m").update(KEY, VALUE));
            assertEquals(Kind.OUTCOME_UNKNOWN, e.kind());
            assertEquals(Optional.empty(), e.errno());
        }
    }

    @Test
    void aReadWithoutAnAnswerTimesOut() {
        first.lookups.set(Reaction.silence());
        try (NestmapClient client = NestmapClient
                .connect(OPTIONS.withTargets(first.target()).withTimeout(SHORT))) {
            connected(() -> client.map("m").update(KEY, VALUE));
            NestmapException e = assertThrows(NestmapException.class,
                    () -> client.map("m").lookup(KEY));
            assertEquals(Kind.TIMED_OUT, e.kind());
        }
    }

    @Test
    void anUnknownOutcomeStaysUnknownWhenLaterAttemptsSaveNothing() {
        first.updates.set(
                Reaction.error(ErrorCodec.error(StoreError.OUTCOME_UNKNOWN, "leadership lost")),
                Reaction.error(noLeader(Optional.empty())));
        try (NestmapClient client = NestmapClient
                .connect(OPTIONS.withTargets(first.target()).withTimeout(SHORT))) {
            connected(() -> client.map("m").lookup(KEY));
            NestmapException e = assertThrows(NestmapException.class,
                    () -> client.map("m").update(KEY, VALUE));
            assertEquals(Kind.OUTCOME_UNKNOWN, e.kind());
        }
    }

    @Test
    void anOverloadedMemberIsAskedAgainAfterThePauseItWants() throws InterruptedException {
        Duration pause = Duration.ofMillis(300);
        long[] arrivals = new long[2];
        first.updates.set((request, client) -> {
            arrivals[0] = System.nanoTime();
            client.onError(ErrorCodec.retriable(StoreError.OVERLOADED, "too much",
                    Optional.empty(), pause));
        }, (request, client) -> {
            arrivals[1] = System.nanoTime();
            client.onNext(dev.nestmap.proto.v1.UpdateResponse.newBuilder()
                    .setHeader(FakeMember.header(1))
                    .build());
            client.onCompleted();
        });
        try (NestmapClient client = NestmapClient
                .connect(OPTIONS.withTargets(first.target(), second.target()))) {
            assertEquals(1, client.map("m").update(KEY, VALUE).revision());
        }
        assertEquals(0, second.updates.count());
        assertTrue(arrivals[1] - arrivals[0] >= pause.toNanos());
    }

    @ParameterizedTest
    @EnumSource
    void anErrnoArrivesAsItWasSentAndIsNeverRetried(Errno errno) {
        first.updates.set(Reaction.error(
                ErrorCodec.error(new Refusal(errno, "update \"m\": the rule"))));
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            NestmapException e = assertThrows(NestmapException.class,
                    () -> client.map("m").update(KEY, VALUE));
            assertEquals(Kind.REFUSED, e.kind());
            assertEquals(Optional.of(errno), e.errno());
            assertEquals("update \"m\": the rule (" + errno + ")", e.getMessage());
        }
        assertEquals(1, first.updates.count());
    }

    @Test
    void noServerIsSaidInOneSentence() {
        String nobody = "127.0.0.1:" + FakeMember.freePort();
        try (NestmapClient client = NestmapClient.connect(
                OPTIONS.withTargets(nobody).withPatience(Duration.ZERO))) {
            NestmapException e = assertThrows(NestmapException.class,
                    () -> client.map("m").update(KEY, VALUE));
            assertEquals(Kind.UNAVAILABLE, e.kind());
            assertEquals("update \"default/m\": cannot reach a Nestmap server at " + nobody
                    + " (connection refused): is it running? start one with \"nestmap dev\", or "
                    + "name another with --server HOST:PORT", e.getMessage());
            NestmapException status = assertThrows(NestmapException.class,
                    () -> client.cluster().status(nobody));
            assertEquals(Kind.UNAVAILABLE, status.kind());
        }
    }

    @Test
    void aServerThatComesBackIsFoundWithinTheCall() throws Exception {
        FakeMember member = new FakeMember();
        int port = member.port();
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(member.target()))) {
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
            member.close();
            CompletableFuture<Answer<dev.nestmap.model.state.Result.Done>> pending = client
                    .async()
                    .map("m")
                    .update(KEY, VALUE, 0);
            try (FakeMember again = new FakeMember(port)) {
                assertEquals(7, pending.get(30, TimeUnit.SECONDS).revision());
                assertEquals(1, again.updates.count());
            }
        }
    }

    @Test
    void aMessageOverTheLimitIsNotSent() {
        try (NestmapClient client = NestmapClient
                .connect(OPTIONS.withTargets(first.target()).withMaxMessageBytes(1000))) {
            NestmapException e = assertThrows(NestmapException.class,
                    () -> client.map("m").update(KEY, new Value.Data(Bytes.zeros(1001))));
            assertEquals(Kind.TOO_LARGE, e.kind());
        }
        assertEquals(0, first.updates.count());
    }

    @Test
    void whatIsNoNestmapServerIsSaidToBeNone() {
        first.updates.set(Reaction.error(io.grpc.Status.UNIMPLEMENTED.asRuntimeException()));
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            assertEquals(Kind.UNSUPPORTED, assertThrows(NestmapException.class,
                    () -> client.map("m").update(KEY, VALUE)).kind());
        }
    }

    /** So that a short timeout is not used up by connecting. */
    private static void connected(Supplier<Answer<?>> call) {
        while (true) {
            try {
                var _ = call.get();
                return;
            } catch (NestmapException tooSlow) {
                // The test has a deadline of its own.
            }
        }
    }

    private static io.grpc.StatusRuntimeException noLeader(Optional<String> leader) {
        return ErrorCodec.retriable(StoreError.NO_LEADER, "no leader now", leader,
                Duration.ofMillis(20));
    }
}
