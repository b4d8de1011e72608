package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.FakeMember.Reaction;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that the caller ends. */
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
        first.lookups.set((request, client) -> ((io.grpc.stub.ServerCallStreamObserver<?>) client)
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

    private static Kind kind(CompletableFuture<?> call) {
        ExecutionException e = assertThrows(ExecutionException.class,
                () -> call.get(20, TimeUnit.SECONDS));
        return assertInstanceOf(NestmapException.class, e.getCause()).kind();
    }
}
