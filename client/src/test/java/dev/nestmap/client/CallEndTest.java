package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.FakeMember.Reaction;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.LookupRequest;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.TxnResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How calls end: by their caller, by their client, by answers that say less than one would like. */
@Timeout(60)
class CallEndTest {
    private static final Bytes KEY = Bytes.u32le(1);
    private static final Value VALUE = new Value.Data(Bytes.u64le(2));
    private static final ClientOptions OPTIONS = ClientOptions.defaults()
            .withTimeout(Duration.ofSeconds(30))
            .withAttemptTimeout(Duration.ofSeconds(20));

    private final FakeMember first = new FakeMember();

    @AfterEach
    void closeMember() {
        first.close();
    }

    @Test
    void closingTheClientEndsItsCalls() throws InterruptedException {
        first.updates.set(Reaction.silence());
        first.lookups.set(Reaction.silence());
        NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()));
        var write = client.async().map("m").update(KEY, VALUE, 0);
        var read = client.async().map("m").lookup(KEY);
        var _ = first.updates.take();
        var _ = first.lookups.take();
        client.close();
        assertEquals(Kind.OUTCOME_UNKNOWN, kind(write));
        assertEquals(Kind.CLOSED, kind(read));
        assertEquals(Kind.CLOSED, kind(client.async().map("m").lookup(KEY)));
    }

    @Test
    void cancellingAFutureEndsTheCallAtTheServer() throws InterruptedException {
        CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
        first.lookups.set((request, client) -> ((ServerCallStreamObserver<?>) client)
                .setOnCancelHandler(() -> cancelled.complete(true)));
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            var read = client.async().map("m").lookup(KEY);
            var _ = first.lookups.take();
            read.cancel(true);
            assertTrue(cancelled.orTimeout(20, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void anInterruptedCallerLeaves() throws InterruptedException {
        first.lookups.set(Reaction.silence());
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            CompletableFuture<Kind> seen = new CompletableFuture<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    var _ = client.map("m").lookup(KEY);
                } catch (NestmapException e) {
                    seen.complete(e.kind());
                }
            });
            var _ = first.lookups.take();
            caller.interrupt();
            assertEquals(Kind.CANCELLED, seen.orTimeout(20, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void whoGivesUpDoesNotTurnTheClientAwayFromTheLeader() throws InterruptedException {
        try (FakeMember second = new FakeMember();
                NestmapClient client = NestmapClient
                        .connect(OPTIONS.withTargets(first.target(), second.target()))) {
            client.map("m").update(KEY, VALUE);
            CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
            first.lookups.set((request, stream) -> ((ServerCallStreamObserver<?>) stream)
                    .setOnCancelHandler(() -> cancelled.complete(true)));
            var read = client.async().map("m").lookup(KEY);
            var _ = first.lookups.take();
            read.cancel(true);
            assertTrue(cancelled.orTimeout(20, TimeUnit.SECONDS).join());
            for (int i = 0; i < 20; i++) {
                client.map("m").update(KEY, VALUE);
            }
            assertEquals(0, second.updates.count(), "went to another");
        }
    }

    @Test
    void anErrorInReadingTheAnswerEndsTheCall() {
        Calls calls = new Calls(OPTIONS.withTargets(first.target()),
                new LeaderConnections(OPTIONS.withTargets(first.target())));
        Throwable broken = new NoClassDefFoundError("some/Class");
        try (calls) {
            var read = calls.read(MapServiceGrpc.getLookupMethod(),
                    LookupRequest.getDefaultInstance(), () -> "lookup", answer -> {
                        throw (NoClassDefFoundError) broken;
                    });
            ExecutionException e = assertThrows(ExecutionException.class,
                    () -> read.get(20, TimeUnit.SECONDS));
            assertEquals(Kind.INTERNAL,
                    assertInstanceOf(NestmapException.class, e.getCause()).kind());
            assertSame(broken, e.getCause().getCause());
        }
    }

    @Test
    void aWriteThatMayBeDoneIsNotToldAsNotDone() {
        for (Status status : List.of(Status.UNKNOWN, Status.INTERNAL, Status.DATA_LOSS)) {
            first.updates.set(Reaction.error(status.asRuntimeException()));
            assertEquals(Kind.OUTCOME_UNKNOWN, updateFails(), status::toString);
        }
        first.updates.set(Reaction.error(Status.UNIMPLEMENTED.asRuntimeException()));
        assertEquals(Kind.UNSUPPORTED, updateFails());
        first.updates.set(Reaction.error(ErrorCodec.error(StoreError.TOO_LARGE, "no")));
        assertEquals(Kind.TOO_LARGE, updateFails());
    }

    @Test
    void aWriteWhoseAnswerCannotBeReadMayBeDoneAndIsNotToldAsAcknowledged() {
        dev.nestmap.proto.v1.Value taken = dev.nestmap.proto.v1.Value.newBuilder()
                .setData(ByteString.copyFrom(new byte[100_000]))
                .build();
        TxnResponse.Builder answer = TxnResponse.newBuilder()
                .setHeader(FakeMember.header(9))
                .setSucceeded(true);
        first.txns.set(Reaction.answer(answer.clone().addTaken(taken).build()),
                Reaction.answer(answer.addTaken(dev.nestmap.proto.v1.Value.newBuilder()).build()));
        ClientOptions small = OPTIONS.withTargets(first.target()).withMaxMessageBytes(50_000);
        List<Long> told = new ArrayList<>();
        try (NestmapClient client = NestmapClient.connect(small)) {
            var _ = client.onWrite((maps, revision) -> told.add(revision));
            for (String why : List.of("exceeds maximum size", "cannot be read")) {
                NestmapException e = assertThrows(NestmapException.class,
                        () -> client.txn(List.of(), List.of(), List.of()));
                assertEquals(Kind.OUTCOME_UNKNOWN, e.kind());
                assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
            }
        }
        assertEquals(List.of(), told);
    }

    @Test
    void aListenerThatThrowsSpoilsNeitherTheWriteNorTheOtherListeners() {
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            List<Long> told = new ArrayList<>();
            var _ = client.onWrite((maps, revision) -> {
                throw new IllegalStateException("a listener's own trouble");
            });
            var _ = client.onWrite((maps, revision) -> {
                throw new NoClassDefFoundError("some/Class");
            });
            var _ = client.onWrite((maps, revision) -> told.add(revision));
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
            assertEquals(List.of(7L), told);
        }
    }

    @Test
    void onlySoManyCallsAreUnderWayAtOnce() {
        first.lookups.set(Reaction.silence());
        ClientOptions two = OPTIONS.withTargets(first.target()).withMaxCalls(2);
        try (NestmapClient client = NestmapClient.connect(two)) {
            var one = client.async().map("m").lookup(KEY);
            var other = client.async().map("m").lookup(KEY);
            assertEquals(Kind.OVERLOADED, kind(client.async().map("m").lookup(KEY)));
            assertEquals(Kind.OVERLOADED, kind(client.async().map("m").update(KEY, VALUE, 0)));
            one.cancel(true);
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
            assertEquals(7, client.map("m").update(KEY, VALUE).revision());
            assertFalse(other.isDone());
        }
    }

    private Kind updateFails() {
        try (NestmapClient client = NestmapClient.connect(OPTIONS.withTargets(first.target()))) {
            return assertThrows(NestmapException.class, () -> client.map("m").update(KEY, VALUE))
                    .kind();
        }
    }

    private static Kind kind(CompletableFuture<?> call) {
        ExecutionException e = assertThrows(ExecutionException.class,
                () -> call.get(20, TimeUnit.SECONDS));
        return assertInstanceOf(NestmapException.class, e.getCause()).kind();
    }
}
