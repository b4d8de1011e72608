package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.Answer;
import dev.nestmap.client.MapChange;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.client.wire.RequestCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.Command.Step;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.proto.v1.Compare;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.TxnResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Transactions of all sizes, through the client and by hand. */
@Timeout(240)
class TransactionApiTest {
    @TempDir
    private Path directory = Path.of("");
    private @Nullable OneMember started;

    @BeforeEach
    void start() throws Exception {
        started = new OneMember(directory);
    }

    @AfterEach
    void stop() {
        store().close();
    }

    @Test
    void sixtyFiveThousandUpdatesAndASlotSwapAreOneRevisionAndOneEvent() {
        int elements = 65_537;
        store().create("old", 8, 1 << 17);
        store().create("fresh", 8, 1 << 17);
        long outer = store().createOuter("outer", "old");
        slot("outer", "old");
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < elements; i++) {
            steps.add(new Command.Update(OneMember.name("fresh"), Bytes.u32be(i),
                    new Value.Data(Bytes.u64be(i)), 0));
        }
        steps.add(new Command.Update(OneMember.name("outer"), Bytes.u32le(0),
                new Value.Slot(OneMember.name("fresh")), 0));
        WatchOptions everything = WatchOptions.everything();
        try (Watch watch = store().client().watch(everything)) {
            long before = watch.next().revision();
            long startNanos = System.nanoTime();
            Answer<TxnOutcome> answer = store().client().txn(List.of(), steps, List.of());
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
            answer.value().orThrow();
            assertEquals(before + 1, answer.origin().revision());
            WatchEvent event = watch.next();
            System.out.printf(
                    "%,d element updates and a slot swap: revision %d after %d, %d ms; the watcher saw event %d with %,d elements%n",
                    elements, answer.origin().revision(), before, millis, event.revision(),
                    event.changes().stream().mapToInt(change -> change.set().size()).sum());
            assertEquals(before + 1, event.revision());
            assertEquals(elements + 1,
                    event.changes().stream().mapToInt(change -> change.set().size()).sum());
            assertEquals(outer, event.changes().getLast().mapId());
            assertEquals(1, event.changes().getLast().set().size());
            assertTrue(!event.coalesced() && !event.snapshot());
        }
    }

    @Test
    void creatingAnInnerFillingItAndPuttingItIntoASlotIsOneRevisionAndOneEvent() {
        store().create("template", 4, 8);
        store().createOuter("outer", "template");
        try (Watch watch = store().client().watch(WatchOptions.everything())) {
            long before = watch.next().revision();
            TxnOutcome.Done done = store().client()
                    .txn(List.of(),
                            List.of(new Command.Create(OneMember.hash("inner", 4, 8),
                                    new InnerSource.None()),
                                    new Command.Update(OneMember.name("inner"), Bytes.u32be(1),
                                            new Value.Data(Bytes.u32be(7)), 0),
                                    new Command.Update(OneMember.name("outer"), Bytes.u32le(2),
                                            new Value.Slot(OneMember.name("inner")), 0)),
                            List.of())
                    .value()
                    .orThrow();
            WatchEvent event = watch.next();
            assertEquals(before + 1, event.revision());
            List<MapChange> changes = event.changes();
            assertEquals(done.createdMapIds(), List.of(changes.getFirst().mapId()));
            assertEquals(
                    new Value.Slot(new MapRef.ById(done.createdMapIds().getFirst())),
                    changes.getLast().set().getFirst().value());
        }
    }

    @Test
    void sixtyFourMebibytesPassAndOneElementMoreDoesNot() {
        int valueSize = 1 << 20;
        store().create("m", valueSize, 100);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < 63; i++) {
            steps.add(blob(i, valueSize));
        }
        long revision = store().client().txn(List.of(), steps, List.of()).origin().revision();
        assertEquals(2, revision);
        steps.add(blob(63, valueSize));
        NestmapException e = assertThrows(NestmapException.class,
                () -> store().client().txn(List.of(), steps, List.of()));
        assertEquals(Kind.TOO_LARGE, e.kind());
        assertTrue(String.valueOf(e.getMessage())
                .matches(
                        "(?s).*txn: 6711\\d{4} bytes, at most 67108864 are possible.*"),
                e.getMessage());
    }

    @Test
    void moreOperationsThanPossibleAreRefusedByNumberWhetherInPartsOrNot() throws Exception {
        store().create("m", 4, 8);
        TxnRequest.Builder one = request(1, blob(1, 4));
        TxnRequest.Builder many = TxnRequest.newBuilder();
        IntStream.range(0, 60_000).forEach(_ -> many.addThen(one.getThen(0)));
        String part = "120000 operations and comparisons, at most 100000 are possible";
        assertTrue(failure(send(one.clearThen().build(), many.build(), many.build()))
                .contains(part));
        TxnRequest whole = many.mergeFrom(many.build())
                .setRequestId(one.getRequestId())
                .build();
        assertTrue(String.valueOf(assertThrows(StatusRuntimeException.class,
                () -> MapServiceGrpc.newBlockingStub(store().channel()).txn(whole)).getMessage())
                .contains(part));
        assertEquals(1, store().client().map("m").describe().origin().revision());
    }

    @Test
    void aDryRunAnswersWhatTheTransactionWouldAndChangesNothing() {
        store().create("m", 1 << 20, 2);
        List<Step> two = List.of(blob(1, 1 << 20), blob(2, 1 << 20),
                new Command.Create(OneMember.hash("n", 4, 8), new InnerSource.None()));
        Answer<TxnOutcome> dry = store().client().dryRun(List.of(), two, List.of());
        assertEquals(1, dry.revision());
        assertEquals(dry, store().client().dryRun(List.of(), two, List.of()));
        assertEquals(1, store().client().map("m").describe().origin().revision());
        Answer<TxnOutcome> real = store().client().txn(List.of(), two, List.of());
        assertEquals(2, real.revision());
        assertEquals(dry.value(), real.value());
        List<Step> third = List.of(blob(3, 1 << 20));
        TxnOutcome refused = store().client().dryRun(List.of(), third, List.of()).value();
        assertEquals(Errno.E2BIG, ((TxnOutcome.Refused) refused).refusal().errno());
        assertEquals(refused, store().client().txn(List.of(), third, List.of()).value());
    }

    @Test
    void halfATransactionLeavesNothing() throws Exception {
        store().create("m", 4, 8);
        CompletableFuture<TxnResponse> answer = new CompletableFuture<>();
        StreamObserver<TxnRequest> parts = open(answer);
        parts.onNext(request(1, blob(1, 4)).build());
        parts.onError(Status.CANCELLED.asRuntimeException());
        assertThrows(ExecutionException.class, () -> answer.get(60, TimeUnit.SECONDS));
        assertEquals(1, store().client().map("m").describe().origin().revision());
        // the same identity is not used up
        assertTrue(send(request(1, blob(1, 4)).build()).get(60, TimeUnit.SECONDS).getSucceeded());
    }

    @Test
    void aTransactionInPartsThatIsSentAgainIsAppliedOnce() throws Exception {
        store().create("m", 4, 8);
        TxnRequest first = request(1, new Command.Update(OneMember.name("m"), Bytes.u32be(1),
                new Value.Data(Bytes.u32be(7)), 1)).build();
        TxnRequest second = request(1, blob(2, 4)).clearRequestId().build();
        TxnResponse answer = send(first, second).get(60, TimeUnit.SECONDS);
        assertTrue(answer.getSucceeded() && !answer.hasFailure());
        assertEquals(2, answer.getHeader().getRevision());
        assertEquals(answer, send(first, second).get(60, TimeUnit.SECONDS));
    }

    @Test
    void theOperationThatFailsIsNamedByItsPlaceOverAllParts() throws Exception {
        store().create("m", 4, 2);
        TxnResponse answer = send(request(1, blob(1, 4)).build(),
                request(1, blob(2, 4)).build(), request(1, blob(3, 4)).build())
                .get(60, TimeUnit.SECONDS);
        assertEquals(2, answer.getFailedOperation());
        assertEquals("E2BIG", answer.getFailure().getErrnoName());
        assertEquals(1, store().client().map("m").describe().origin().revision());
    }

    @Test
    void partsThatMeanNothingAreRefused() throws Exception {
        store().create("m", 4, 8);
        assertTrue(failure(send()).contains("without a request"));
        assertTrue(failure(send(request(1, blob(1, 4)).build(), request(2, blob(1, 4)).build()))
                .contains("another request_id"));
        assertTrue(failure(send(request(1, blob(1, 4)).clearRequestId().build()))
                .contains("client_id is 0 bytes"));
        assertTrue(failure(send(request(1, blob(1, 4)).addCompare(Compare.getDefaultInstance())
                .build())).contains("no map is named"));
        assertTrue(failure(send(request(1, blob(1, 4)).addCompare(Compare.newBuilder()
                .setMap(dev.nestmap.proto.v1.MapRef.newBuilder().setName("m"))).build()))
                .contains("a comparison without a condition"));
        // a condition of a later version: a field that this one does not know
        assertTrue(failure(send(request(1, blob(1, 4)).addCompare(Compare.newBuilder()
                .setMap(dev.nestmap.proto.v1.MapRef.newBuilder().setName("m"))
                .setUnknownFields(com.google.protobuf.UnknownFieldSet.newBuilder()
                        .addField(99, com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                                .addVarint(1)
                                .build())
                        .build()))
                .build())).contains("a comparison without a condition"));
        assertEquals(1, store().client().map("m").describe().origin().revision());
    }

    @Test
    void unfinishedTransactionsOfAllClientsHoldABoundedAmount() throws Exception {
        int valueSize = 1 << 20;
        store().create("m", valueSize, 100);
        List<CompletableFuture<TxnResponse>> answers = new ArrayList<>();
        TxnRequest part = request(1, blob(1, valueSize)).clearRequestId().build();
        for (int stream = 0; stream < 4; stream++) {
            CompletableFuture<TxnResponse> answer = new CompletableFuture<>();
            answers.add(answer);
            StreamObserver<TxnRequest> parts = open(answer);
            for (int i = 0; i < 60; i++) {
                parts.onNext(part);
            }
        }
        CompletableFuture<Object> first = CompletableFuture
                .anyOf(answers.toArray(CompletableFuture[]::new));
        String message = failure(first);
        assertTrue(
                message.contains(
                        "unfinished transactions of this connection hold at most 100663296"),
                message);
        store().client().map("m").update(Bytes.u32be(1), new Value.Data(Bytes.zeros(valueSize)), 0);
    }

    @Test
    void twoNamespacesAreRefused() {
        store().create("m", 4, 8);
        NestmapException e = assertThrows(NestmapException.class, () -> store().client()
                .txn(List.of(),
                        List.of(blob(1, 4),
                                new Command.Delete(new MapRef.ByName("tenant", "n"))),
                        List.of()));
        assertEquals(Errno.EINVAL, e.errno().orElseThrow());
    }

    private OneMember store() {
        return Objects.requireNonNull(started);
    }

    private void slot(String outer, String inner) {
        store().client()
                .map(outer)
                .update(Bytes.u32le(0), new Value.Slot(OneMember.name(inner)), 0);
    }

    private static Step blob(int key, int valueSize) {
        return new Command.Update(OneMember.name("m"), Bytes.u32be(key),
                new Value.Data(Bytes.zeros(valueSize)), 0);
    }

    private static TxnRequest.Builder request(long callId, Step step) {
        RequestId id = new RequestId(Bytes.zeros(RequestId.CLIENT_ID_BYTES), callId);
        return RequestCodec.write(id, new Command.Txn(List.of(), List.of(step), List.of()))
                .getTxn()
                .toBuilder();
    }

    private CompletableFuture<TxnResponse> send(TxnRequest... parts) {
        CompletableFuture<TxnResponse> answer = new CompletableFuture<>();
        StreamObserver<TxnRequest> stream = open(answer);
        for (TxnRequest part : parts) {
            stream.onNext(part);
        }
        stream.onCompleted();
        return answer;
    }

    private StreamObserver<TxnRequest> open(CompletableFuture<TxnResponse> answer) {
        return MapServiceGrpc.newStub(store().channel()).txnStream(new StreamObserver<>() {
            @Override
            public void onNext(TxnResponse response) {
                answer.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                answer.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {
                // the answer has come
            }
        });
    }

    private static String failure(CompletableFuture<?> answer) {
        ExecutionException e = assertThrows(ExecutionException.class,
                () -> answer.get(60, TimeUnit.SECONDS));
        return String.valueOf(e.getMessage());
    }
}
