package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.proto.v1.AgentServiceGrpc;
import dev.nestmap.proto.v1.BatchResponse;
import dev.nestmap.proto.v1.CreateRequest;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.FollowRequest;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.ListRequest;
import dev.nestmap.proto.v1.ListResponse;
import dev.nestmap.proto.v1.LookupBatchRequest;
import dev.nestmap.proto.v1.LookupBatchResponse;
import dev.nestmap.proto.v1.LookupRequest;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.MapServiceGrpc.MapServiceBlockingStub;
import dev.nestmap.proto.v1.MapSpec;
import dev.nestmap.proto.v1.MapType;
import dev.nestmap.proto.v1.RequestId;
import dev.nestmap.proto.v1.UpdateBatchRequest;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.Value;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One member, spoken to as any gRPC client would. */
class NestmapServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ByteString CLIENT = ByteString.copyFrom(new byte[16]);

    @TempDir
    private Path directory = Path.of("");
    private @Nullable NestmapServer server;
    private @Nullable ManagedChannel channel;
    private long calls;

    @BeforeEach
    void start() throws Exception {
        NestmapServer started = NestmapServer.start(
                new ServerConfig("one", directory.resolve("data"), "127.0.0.1:0", "", List.of()),
                (message, cause) -> {
                    throw new AssertionError(message, cause);
                });
        server = started;
        started.awaitLeader(PATIENCE);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", started.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        if (channel != null) {
            channel.shutdownNow();
        }
        if (server != null) {
            server.close();
        }
    }

    private ManagedChannel channel() {
        return java.util.Objects.requireNonNull(channel);
    }

    private MapServiceBlockingStub maps() {
        return MapServiceGrpc.newBlockingStub(channel()).withDeadlineAfter(PATIENCE);
    }

    private RequestId id() {
        return RequestId.newBuilder().setClientId(CLIENT).setCallId(++calls).build();
    }

    private static MapRef map(String name) {
        return MapRef.newBuilder().setName(name).build();
    }

    private static ByteString key(int index) {
        return ByteString.copyFrom(
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(index).array());
    }

    private static Element element(int index) {
        return Element.newBuilder()
                .setKey(key(index))
                .setValue(Value.newBuilder().setData(key(index + 100)))
                .build();
    }

    private long create(String name, int type, int entries) {
        return maps().create(CreateRequest.newBuilder()
                .setRequestId(id())
                .setSpec(MapSpec.newBuilder()
                        .setName(name)
                        .setType(MapType.newBuilder().setNumber(type))
                        .setKeySize(4)
                        .setValueSize(4)
                        .setMaxEntries(entries))
                .build()).getMap().getId();
    }

    private long update(String map, int index) {
        return maps()
                .update(UpdateRequest.newBuilder()
                        .setRequestId(id())
                        .setMap(map(map))
                        .setElement(element(index))
                        .build())
                .getHeader()
                .getRevision();
    }

    @Test
    void aLookupSaysOfWhichStateOfWhichMapItSpeaksRefusedOrNot() {
        long id = create("m", 1, 16);
        create("other", 1, 16);
        long changed = update("m", 1);
        long later = update("other", 1);
        Header found = maps().lookup(lookup("m", 1)).getHeader();
        assertEquals(id, found.getMapId());
        assertEquals(changed, found.getMapRevision());
        assertEquals(later, found.getRevision());
        assertEquals(found, refusedLookup("m", 2));
        assertEquals(0, refusedLookup("nothing", 1).getMapId());
    }

    private Header refusedLookup(String map, int index) {
        return ErrorCodec.header(assertThrows(StatusRuntimeException.class,
                () -> maps().lookup(lookup(map, index)))).orElseThrow();
    }

    private static LookupRequest lookup(String map, int index) {
        return LookupRequest.newBuilder().setMap(map(map)).setKey(key(index)).build();
    }

    @Test
    void toolsFindTheServicesWithoutOurProtos() throws Exception {
        BlockingQueue<ServerReflectionResponse> answers = new ArrayBlockingQueue<>(1);
        StreamObserver<ServerReflectionRequest> requests = ServerReflectionGrpc.newStub(channel())
                .serverReflectionInfo(collect(answers));
        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse answer = java.util.Objects
                .requireNonNull(answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        List<String> names = answer.getListServicesResponse()
                .getServiceList()
                .stream()
                .map(ServiceResponse::getName)
                .toList();
        assertTrue(names.containsAll(List.of("nestmap.v1.MapService", "nestmap.v1.AgentService",
                "nestmap.v1.NodeService",
                "nestmap.v1.ClusterService", "grpc.health.v1.Health")), names.toString());
        requests.onCompleted();
    }

    @Test
    void healthIsServingOnceThereIsALeader() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        ServingStatus status;
        do {
            status = HealthGrpc.newBlockingStub(channel())
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } while (status != ServingStatus.SERVING && System.nanoTime() - deadline < 0);
        assertEquals(ServingStatus.SERVING, status);
    }

    @Test
    void aRefusalCarriesTheErrnoAndTheRule() {
        create("m", 2, 4);
        StatusRuntimeException error = assertThrows(StatusRuntimeException.class,
                () -> update("m", 4));
        assertEquals(Errno.E2BIG, ErrorCodec.refusal(error).orElseThrow().errno());
        assertTrue(String.valueOf(error.getMessage()).contains("index 4 is out of range"),
                error.getMessage());
    }

    @Test
    void messagesThatMeanNothingAreRefusedAndTheServerGoesOn() {
        assertThrows(StatusRuntimeException.class,
                () -> maps().create(CreateRequest.getDefaultInstance()));
        assertThrows(StatusRuntimeException.class,
                () -> maps().update(UpdateRequest.getDefaultInstance()));
        assertThrows(StatusRuntimeException.class,
                () -> maps().updateBatch(UpdateBatchRequest.getDefaultInstance()));
        assertThrows(StatusRuntimeException.class,
                () -> maps().create(CreateRequest.newBuilder()
                        .setRequestId(id())
                        .setSpec(MapSpec.newBuilder()
                                .setName("m")
                                .setType(MapType.newBuilder().setNumber(99)))
                        .build()));
        create("m", 1, 4);
    }

    @Test
    void aBatchIsAnsweredWithItsCountAndWhyItStopped() {
        create("m", 1, 2);
        BatchResponse answer = maps().updateBatch(UpdateBatchRequest.newBuilder()
                .setRequestId(id())
                .setMap(map("m"))
                .addElements(element(1))
                .addElements(element(2))
                .addElements(element(3))
                .build());
        assertEquals(2, answer.getCount());
        assertEquals("E2BIG", answer.getFailure().getErrnoName());
    }

    @Test
    void pagesOfElementsJoinToTheWholeMap() {
        create("m", 1, 100);
        UpdateBatchRequest.Builder batch = UpdateBatchRequest.newBuilder()
                .setRequestId(id())
                .setMap(map("m"));
        for (int i = 0; i < 25; i++) {
            batch.addElements(element(i));
        }
        maps().updateBatch(batch.build());
        ByteString token = ByteString.EMPTY;
        int found = 0;
        int pages = 0;
        boolean end = false;
        while (!end) {
            LookupBatchResponse page = maps()
                    .lookupBatch(LookupBatchRequest.newBuilder()
                            .setMap(map("m"))
                            .setInBatch(token)
                            .setCount(10)
                            .build());
            found += page.getElementsCount();
            token = page.getOutBatch();
            end = page.getEnd();
            pages++;
        }
        assertEquals(25, found);
        assertEquals(3, pages);
    }

    @Test
    void listingGoesOnBehindTheLastIdOfAPage() {
        for (int i = 0; i < 5; i++) {
            create("m" + i, 2, 1);
        }
        ListResponse first = maps().list(ListRequest.newBuilder().setPageSize(3).build());
        ListResponse second = maps()
                .list(ListRequest.newBuilder()
                        .setPageSize(3)
                        .setPageAfter(first.getNextPageAfter())
                        .build());
        assertEquals(List.of("m0", "m1", "m2"),
                first.getMapsList().stream().map(map -> map.getSpec().getName()).toList());
        assertEquals(List.of("m3", "m4"),
                second.getMapsList().stream().map(map -> map.getSpec().getName()).toList());
        assertEquals(0, second.getNextPageAfter());
    }

    @Test
    void aWatchFromARevisionHearsEachRevisionOnceAndInOrder() throws Exception {
        create("m", 1, 100);
        long first = update("m", 1);
        update("m", 2);
        BlockingQueue<WatchResponse> watch = watch(
                WatchRequest.newBuilder().setFromRevision(first).build());
        long expected = first;
        int changes = 0;
        while (changes < 3) {
            WatchResponse message = take(watch);
            if (message.getChangesCount() == 0) {
                continue;
            }
            assertFalse(message.getSnapshot());
            assertEquals(expected, message.getHeader().getRevision());
            assertEquals(List.of(element((int) (1 + expected - first))),
                    message.getChanges(0).getSetList());
            expected++;
            changes++;
            if (changes == 2) {
                update("m", 3);
            }
        }
    }

    @Test
    void aWatchFromTheStartBeginsWithASnapshot() throws Exception {
        create("m", 1, 100);
        update("m", 1);
        WatchResponse message = take(watch(WatchRequest.getDefaultInstance()));
        assertTrue(message.getSnapshot());
        assertEquals(2, message.getHeader().getRevision());
        assertEquals(List.of(element(1)), message.getChanges(0).getSetList());
    }

    @Test
    void anAgentGetsASnapshotThenDifferencesAndASecondOneEndsTheFirst() throws Exception {
        create("m", 1, 100);
        BlockingQueue<FollowResponse> answers = new ArrayBlockingQueue<>(100);
        BlockingQueue<Throwable> ended = new ArrayBlockingQueue<>(1);
        StreamObserver<FollowRequest> agent = AgentServiceGrpc.newStub(channel())
                .follow(collect(answers, ended));
        FollowRequest hello = FollowRequest.newBuilder()
                .setHello(Hello.newBuilder().setNode("n1").setIncarnation(CLIENT))
                .build();
        agent.onNext(hello);
        FollowResponse snapshot = next(answers);
        assertTrue(snapshot.getSnapshot());
        assertEquals("m", snapshot.getChanges(0).getInfo().getSpec().getName());
        assertTrue(snapshot.getChanges(0).getPlaced());
        update("m", 7);
        FollowResponse difference = next(answers);
        assertFalse(difference.getSnapshot());
        assertEquals(List.of(element(7)), difference.getChanges(0).getSetList());

        AgentServiceGrpc.newStub(channel())
                .follow(collect(new ArrayBlockingQueue<>(100)))
                .onNext(hello);
        Throwable end = java.util.Objects
                .requireNonNull(ended.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertTrue(String.valueOf(end.getMessage()).contains("another agent"), end.getMessage());
    }

    @Test
    void anAgentOfAnotherClusterIsSentAway() throws Exception {
        BlockingQueue<Throwable> ended = new ArrayBlockingQueue<>(1);
        AgentServiceGrpc.newStub(channel())
                .follow(collect(new ArrayBlockingQueue<FollowResponse>(1), ended))
                .onNext(FollowRequest.newBuilder()
                        .setHello(Hello.newBuilder()
                                .setNode("n1")
                                .setIncarnation(CLIENT)
                                .setClusterId("other"))
                        .build());
        Throwable end = java.util.Objects
                .requireNonNull(ended.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        assertEquals(ErrorCodec.StoreError.WRONG_CLUSTER, ErrorCodec.storeError(end).orElseThrow());
    }

    private BlockingQueue<WatchResponse> watch(WatchRequest request) {
        BlockingQueue<WatchResponse> answers = new ArrayBlockingQueue<>(100);
        MapServiceGrpc.newStub(channel()).watch(collect(answers)).onNext(request);
        return answers;
    }

    private static <T> T take(BlockingQueue<T> answers) throws InterruptedException {
        return java.util.Objects.requireNonNull(
                answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing came");
    }

    /** Progress marks left out. */
    private static FollowResponse next(BlockingQueue<FollowResponse> answers)
            throws InterruptedException {
        while (true) {
            FollowResponse answer = java.util.Objects
                    .requireNonNull(answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS),
                            "nothing came");
            if (answer.getChangesCount() > 0) {
                return answer;
            }
        }
    }

    private static <T> StreamObserver<T> collect(BlockingQueue<T> answers) {
        return collect(answers, new ArrayBlockingQueue<>(1));
    }

    private static <T> StreamObserver<T> collect(BlockingQueue<T> answers,
            BlockingQueue<Throwable> ended) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable error) {
                ended.add(error);
            }

            @Override
            public void onCompleted() {
                ended.add(new AssertionError("the stream was completed"));
            }
        };
    }
}
