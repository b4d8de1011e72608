package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Watches of one member, through the client and by hand. */
@Timeout(120)
class WatchApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory = Path.of("");
    private @Nullable NestmapServer server;
    private @Nullable NestmapClient client;
    private @Nullable ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        NestmapServer started = NestmapServer.start(
                new ServerConfig("one", directory.resolve("data"), "127.0.0.1:0", "", List.of()),
                (message, cause) -> {
                    throw new AssertionError(message, cause);
                });
        server = started;
        started.awaitLeader(PATIENCE);
        client = NestmapClient.connect("127.0.0.1:" + started.port());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", started.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        Objects.requireNonNull(client).close();
        Objects.requireNonNull(channel).shutdownNow();
        Objects.requireNonNull(server).close();
    }

    @Test
    void progressIsConfirmedBehindAllThatWasAnsweredBefore() {
        create("m");
        try (Watch watch = client().watch(WatchOptions.map(name("m")))) {
            assertTrue(watch.next().snapshot());
            for (int i = 0; i < 50; i++) {
                long written = put("m", i);
                long nonce = watch.requestProgress();
                WatchEvent event = watch.next();
                long seen = event.revision();
                while (event.progressNonce() < nonce) {
                    seen = event.revision();
                    event = watch.next();
                }
                assertEquals(nonce, event.progressNonce());
                assertEquals(written, seen, "changes come before the mark that vouches for them");
                assertTrue(event.revision() >= written);
            }
        }
    }

    @Test
    void aMapThatIsNotThereOrAKeyOfAnotherSizeIsRefusedByName() {
        create("m");
        assertRefused(WatchOptions.map(name("absent")), Errno.ENOENT, "\"default/absent\"");
        assertRefused(WatchOptions.map(99).withKeys(Bytes.of(1), Bytes.empty()), Errno.ENOENT,
                "map 99");
        assertRefused(WatchOptions.map(99), Errno.ENOENT, "map 99");
        assertRefused(WatchOptions.map(name("m")).withKeys(Bytes.of(1), Bytes.empty()),
                Errno.EINVAL, "key_from is 1 bytes, the map has key_size 4");
        assertRefused(
                WatchOptions.map(name("m")).withKeys(Bytes.empty(), Bytes.of(1, 2, 3, 4, 5)),
                Errno.EINVAL, "key_to is 5 bytes");
        assertRefused(WatchOptions.map(name("m")).withKeys(Bytes.u32be(2), Bytes.u32be(1)),
                Errno.EINVAL, "is not below key_to");
        assertRefused(WatchOptions.map(name("m")).withKeys(Bytes.u32be(2), Bytes.u32be(2)),
                Errno.EINVAL, "is not below key_to");
    }

    @Test
    void aWatchOfAMapThatIsGoneSaysSoAndStays() {
        long id = create("m");
        long revision = put("m", 1);
        client().map("m").delete();
        try (Watch watch = client().watch(WatchOptions.map(id)
                .withKeys(Bytes.u32be(1), Bytes.u32be(2))
                .withFromRevision(revision))) {
            assertEquals(Bytes.u32be(1),
                    watch.next().changes().getFirst().set().getFirst().key());
            assertTrue(watch.next().changes().getFirst().removed());
        }
        try (Watch watch = client().watch(
                WatchOptions.map(id).withKeys(Bytes.u32be(1), Bytes.u32be(2)))) {
            assertEquals(List.of(), watch.next().changes());
        }
    }

    /** The map is neither in the state where the watch begins nor in the newest. */
    @Test
    void aRangeOfAMapThatCameAndWentBetweenShowsNoOtherKeys() {
        create("before");
        long id = create("m");
        long created = 2;
        for (int key = 0; key < 5; key++) {
            put("m", key);
        }
        client().map("m").delete();
        try (Watch watch = client().watch(WatchOptions.map(id)
                .withKeys(Bytes.u32be(1), Bytes.u32be(2))
                .withFromRevision(created))) {
            List<Bytes> keys = new ArrayList<>();
            boolean removed = false;
            while (!removed) {
                for (var change : watch.next().changes()) {
                    change.set().forEach(element -> keys.add(element.key()));
                    removed |= change.removed();
                }
            }
            assertEquals(List.of(Bytes.u32be(1)), keys);
        }
        assertRefused(WatchOptions.map(id)
                .withKeys(Bytes.of(1), Bytes.empty())
                .withFromRevision(created), Errno.EINVAL, "key_from is 1 bytes");
    }

    @Test
    void aMapOfAnotherNamespaceThanTheOneThatIsWatchedIsRefused() throws Exception {
        long id = create("m");
        assertInvalid("map id %d is \"default/m\", and namespace says \"other\"".formatted(id),
                WatchRequest.newBuilder().setNamespace("other").setMapId(id).build());
    }

    @Test
    void requestsThatMeanNothingAreRefusedByTheFieldThatIsWrong() throws Exception {
        create("m");
        WatchRequest all = WatchRequest.getDefaultInstance();
        assertInvalid("from_revision 18446744073709551615",
                all.toBuilder().setFromRevision(-1).build());
        assertInvalid("map and map_id", all.toBuilder()
                .setMapId(1)
                .setMap(dev.nestmap.proto.v1.MapRef.newBuilder().setName("m"))
                .build());
        assertInvalid("key_from and key_to need a map",
                all.toBuilder().setKeyTo(ByteString.copyFrom(new byte[4])).build());
        assertInvalid("no map is named", all.toBuilder()
                .setMap(dev.nestmap.proto.v1.MapRef.getDefaultInstance())
                .build());
        assertInvalid("other than 0", all, all);
        assertInvalid("nothing but progress_nonce", all,
                all.toBuilder().setProgressNonce(1).setFromRevision(7).build());
        assertInvalid("without a request");
        assertEquals(1, client().maps().list().value().size(), "the server goes on");
    }

    @Test
    void aFloodOfRequestsForProgressIsAnsweredInOrderHoweverLargeTheirNumbers() throws Exception {
        create("m");
        BlockingQueue<WatchResponse> answers = new LinkedBlockingQueue<>();
        BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> requests = watch(answers, ends);
        requests.onNext(WatchRequest.newBuilder().setProgressNonce(Long.MIN_VALUE).build());
        int flood = 20_000;
        for (int i = 0; i < flood; i++) {
            requests.onNext(
                    WatchRequest.newBuilder().setProgressNonce(Long.MAX_VALUE - i).build());
        }
        requests.onCompleted();
        assertEquals(Long.MIN_VALUE, mark(answers).getProgressNonce());
        for (int i = 0; i < flood; i++) {
            assertEquals(Long.MAX_VALUE - i, mark(answers).getProgressNonce());
        }
        put("m", 1); // the watch goes on though its requests have ended
        WatchResponse change = next(answers);
        while (change.getChangesCount() == 0) {
            change = next(answers);
        }
        assertEquals(1, change.getChanges(0).getSetCount());
    }

    private void assertRefused(WatchOptions what, Errno errno, String part) {
        try (Watch watch = client().watch(what)) {
            NestmapException e = assertThrows(NestmapException.class, watch::hasNext);
            assertEquals(errno, e.errno().orElseThrow(() -> e));
            assertTrue(String.valueOf(e.getMessage()).contains(part), e.getMessage());
        }
    }

    private void assertInvalid(String part, WatchRequest... sent) throws InterruptedException {
        BlockingQueue<Throwable> ends = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> requests = watch(new LinkedBlockingQueue<>(), ends);
        for (WatchRequest request : sent) {
            requests.onNext(request);
        }
        requests.onCompleted();
        Throwable end = Objects
                .requireNonNull(ends.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), part);
        assertTrue(String.valueOf(end.getMessage()).contains(part), end.toString());
    }

    private static WatchResponse mark(BlockingQueue<WatchResponse> answers)
            throws InterruptedException {
        WatchResponse answer = next(answers);
        while (answer.getProgressNonce() == 0) {
            answer = next(answers);
        }
        return answer;
    }

    private static WatchResponse next(BlockingQueue<WatchResponse> answers)
            throws InterruptedException {
        return Objects.requireNonNull(answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }

    private StreamObserver<WatchRequest> watch(BlockingQueue<WatchResponse> answers,
            BlockingQueue<Throwable> ends) {
        return MapServiceGrpc.newStub(Objects.requireNonNull(channel))
                .watch(new StreamObserver<>() {
                    @Override
                    public void onNext(WatchResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable error) {
                        ends.add(error);
                    }

                    @Override
                    public void onCompleted() {
                        ends.add(new AssertionError("completed"));
                    }
                });
    }

    private NestmapClient client() {
        return Objects.requireNonNull(client);
    }

    private static MapRef name(String map) {
        return new MapRef.ByName("default", map);
    }

    private long create(String map) {
        return client().maps()
                .create(new MapSpec("default", map, MapType.HASH, 4, 4, 1024, 0, 0, 0, null,
                        Placement.everywhere(), ""))
                .value()
                .id();
    }

    private long put(String map, int key) {
        return client().map(map)
                .update(Bytes.u32be(key), new Value.Data(Bytes.u32be(key)), 0)
                .origin()
                .revision();
    }
}
