package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.FakeMember.Reaction;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeMember first = new FakeMember();
    private final FakeMember second = new FakeMember();
    private final NestmapClient client = NestmapClient.connect(first.target(), second.target());

    @AfterEach
    void close() {
        client.close();
        first.close();
        second.close();
    }

    @Test
    void aBrokenStreamLeavesNoGapAndNoDuplicate() throws InterruptedException {
        first.watches.set(stream(Status.UNAVAILABLE,
                message(5, 1).setSnapshot(true),
                message(6, 2),
                message(7, 3).setMore(true)));
        second.watches.set(stream(Status.UNAVAILABLE,
                message(6, 2), // sent twice by a server that is wrong about where we are
                message(7, 3).setMore(true),
                message(7, 4),
                message(9, 5).setCoalesced(true)),
                Reaction.silence());
        first.watches.set(stream(Status.OK, message(10, 6)), Reaction.silence());
        try (Watch watch = client.watch(WatchOptions.everything())) {
            List<WatchEvent> seen = take(watch, 5);
            assertEquals(List.of(5L, 6L, 7L, 9L, 10L),
                    seen.stream().map(WatchEvent::revision).toList());
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L, 6L),
                    seen.stream()
                            .flatMap(event -> event.changes().stream())
                            .map(MapChange::mapId)
                            .toList());
            assertTrue(seen.getFirst().snapshot());
            assertTrue(seen.get(3).coalesced());
            assertEquals(10, watch.revision());
        }
        assertEquals(0, first.watches.take().getFromRevision());
        assertEquals(7, second.watches.take().getFromRevision());
        assertEquals(10, first.watches.take().getFromRevision());
    }

    @Test
    void aWatchGoesToTheLeaderThatTheErrorNames() {
        first.watches.set(Reaction.error(ErrorCodec.retriable(StoreError.NO_LEADER, "not me",
                Optional.of(second.target()), Duration.ofMillis(20))));
        second.watches.set(stream(Status.UNAVAILABLE, message(4, 1)), Reaction.silence());
        try (Watch watch = client.watch(WatchOptions.namespace("ns").withFromRevision(4))) {
            assertEquals(4, watch.next().revision());
        }
    }

    @Test
    void progressMarksMoveThePointOfReturn() throws InterruptedException {
        first.watches.set(stream(Status.UNAVAILABLE, message(5, 1),
                WatchResponse.newBuilder().setHeader(FakeMember.header(30))));
        second.watches.set(stream(Status.UNAVAILABLE, message(31, 2)), Reaction.silence());
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(5))) {
            assertEquals(2, take(watch, 2).size());
        }
        assertEquals(31, second.watches.take().getFromRevision());
    }

    @Test
    void aNameIsLookedUpOnceAndABrokenStreamGoesOnWithTheId() throws InterruptedException {
        first.watches.set(stream(Status.UNAVAILABLE, message(5, 17).setMapId(17)));
        second.watches.set(stream(Status.UNAVAILABLE, message(6, 17).setMapId(17)),
                Reaction.silence());
        WatchOptions what = WatchOptions.map(new MapRef.ByName("ns", "m"))
                .withKeys(Bytes.of(1), Bytes.of(9))
                .withPreviousValues()
                .withFromRevision(5);
        try (Watch watch = client.watch(what)) {
            assertEquals(2, take(watch, 2).size());
        }
        WatchRequest named = first.watches.take();
        assertEquals("m", named.getMap().getName());
        assertEquals("ns", named.getMap().getNamespace());
        WatchRequest again = second.watches.take();
        assertEquals(17, again.getMapId());
        assertFalse(again.hasMap());
        assertEquals(ByteString.copyFrom(new byte[]{1}), again.getKeyFrom());
        assertEquals(ByteString.copyFrom(new byte[]{9}), again.getKeyTo());
        assertTrue(again.getPreviousValues());
    }

    @Test
    void previousValuesAreFoundByKey() {
        WatchResponse.Builder message = WatchResponse.newBuilder()
                .setHeader(FakeMember.header(5));
        message.addChangesBuilder()
                .setMapId(1)
                .addDeleted(ByteString.copyFrom(new byte[]{1}))
                .addPrevious(Element.newBuilder()
                        .setKey(ByteString.copyFrom(new byte[]{1}))
                        .setValue(dev.nestmap.proto.v1.Value.newBuilder()
                                .setData(ByteString.copyFrom(new byte[]{7}))));
        first.watches.set((request, answers) -> answers.onNext(message.build()));
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(5))) {
            assertEquals(Map.of(Bytes.of(1), new Value.Data(Bytes.of(7))),
                    watch.next().changes().getFirst().previous());
        }
    }

    @Test
    void anEmptyStoreIsAnEventToo() {
        first.watches.set((request, answers) -> answers.onNext(
                WatchResponse.newBuilder()
                        .setHeader(FakeMember.header(0))
                        .setSnapshot(true)
                        .build()));
        try (Watch watch = client.watch(WatchOptions.everything())) {
            assertEquals(new WatchEvent(0, true, false, List.of()), watch.next());
            assertEquals(Optional.empty(), watch.poll(Duration.ofMillis(1)));
        }
    }

    @Test
    void closeEndsABlockedWatch() throws InterruptedException {
        Watch watch = client.watch(WatchOptions.everything());
        CompletableFuture<Boolean> blocked = hasNext(watch);
        var _ = first.watches.take();
        watch.close();
        assertFalse(blocked.orTimeout(20, TimeUnit.SECONDS).join());
        assertFalse(watch.hasNext());
    }

    @Test
    void closingTheClientEndsABlockedWatch() throws InterruptedException {
        Watch watch = client.watch(WatchOptions.everything());
        CompletableFuture<Boolean> blocked = hasNext(watch);
        var _ = first.watches.take();
        client.close();
        assertFalse(blocked.orTimeout(20, TimeUnit.SECONDS).join());
    }

    @Test
    void aSlowReaderStopsTheServer() {
        int messages = 400;
        int payloadBytes = 256 << 10;
        AtomicInteger sent = new AtomicInteger();
        CompletableFuture<Integer> stopped = new CompletableFuture<>();
        first.watchOpened = stream -> stream.setOnReadyHandler(() -> {
            while (stream.isReady() && sent.get() < messages) {
                stream.onNext(large(sent.incrementAndGet(), payloadBytes));
            }
            stopped.complete(sent.get());
        });
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(1))) {
            assertEquals(1, watch.next().revision());
            // The handler runs again while the transport still takes bytes, and then no more.
            int stoppedAt = settled(sent);
            assertTrue(stopped.isDone() && stoppedAt < 40, () -> stoppedAt + " messages sent");
            assertEquals(messages, take(watch, messages - 1).getLast().revision());
        }
    }

    @Test
    void anotherClusterEndsTheWatch() {
        first.watches.set(stream(Status.UNAVAILABLE, message(5, 1)));
        second.watches.set((request, answers) -> answers.onNext(WatchResponse.newBuilder()
                .setHeader(FakeMember.header("another", 1, 6))
                .build()));
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(5))) {
            assertEquals(5, watch.next().revision());
            assertEquals(Kind.WRONG_CLUSTER,
                    assertThrows(NestmapException.class, watch::hasNext).kind());
            assertEquals(Kind.WRONG_CLUSTER,
                    assertThrows(NestmapException.class, watch::next).kind(), "for good");
        }
    }

    @Test
    void anEventOverTheLimitEndsTheWatch() {
        first.watches.set((request, answers) -> {
            answers.onNext(large(1, 600).toBuilder().setMore(true).build());
            answers.onNext(large(1, 600));
        });
        try (Watch watch = client.watch(WatchOptions.everything().withMaxEventBytes(1000))) {
            assertEquals(Kind.TOO_LARGE,
                    assertThrows(NestmapException.class, watch::hasNext).kind());
        }
    }

    @Test
    void aRevisionThatIsGoneIsSaid() {
        first.watches.set(Reaction.error(ErrorCodec.error(StoreError.REVISION_GONE, "gone")));
        try (Watch watch = client.watch(WatchOptions.everything().withFromRevision(1))) {
            assertEquals(Kind.REVISION_GONE,
                    assertThrows(NestmapException.class, watch::hasNext).kind());
        }
    }

    @Test
    void aWatchWithoutAServerSaysSo() {
        String nobody = "127.0.0.1:" + FakeMember.freePort();
        try (NestmapClient alone = NestmapClient.connect(
                ClientOptions.defaults().withTargets(nobody).withPatience(Duration.ZERO));
                Watch watch = alone.watch(WatchOptions.everything())) {
            NestmapException e = assertThrows(NestmapException.class, watch::hasNext);
            assertEquals(Kind.UNAVAILABLE, e.kind());
            assertTrue(String.valueOf(e.getMessage())
                    .contains("cannot reach a Nestmap server at "
                            + nobody + " (connection refused)"),
                    e.getMessage());
        }
    }

    @Test
    void patienceEndsAWatchThatHearsNothingMore() {
        first.watches.set(stream(Status.UNAVAILABLE, message(5, 1)),
                Reaction.error(Status.UNAVAILABLE.asRuntimeException()));
        second.watches.set(Reaction.error(Status.UNAVAILABLE.asRuntimeException()));
        try (Watch watch = client.watch(WatchOptions.everything()
                .withFromRevision(5)
                .withPatience(Duration.ofMillis(100)))) {
            assertEquals(5, watch.next().revision());
            assertEquals(Kind.UNAVAILABLE,
                    assertThrows(NestmapException.class, watch::hasNext).kind());
            assertEquals(5, watch.revision());
        }
    }

    /** The count once it has not moved for half a second. */
    private static int settled(AtomicInteger count) {
        int last = -1;
        while (last != count.get()) {
            last = count.get();
            long until = System.nanoTime() + 500_000_000L;
            while (System.nanoTime() < until && last == count.get()) {
                Thread.onSpinWait();
            }
        }
        return last;
    }

    @Test
    void theDefinitionThatAStreamSaysOnceComesWithEveryChange() {
        MapSpec spec = MapSpec.of("ns", "m", MapType.HASH, 4, 4, 9);
        MapInfo info = MapInfo.newBuilder().setId(3).setSpec(SpecCodec.spec(spec)).build();
        first.watches.set(stream(Status.UNAVAILABLE, described(5, info).setSnapshot(true),
                described(6, info.toBuilder().clearSpec().setElements(1).build())));
        second.watches.set(stream(Status.OK,
                described(7, info.toBuilder().clearSpec().setElements(2).build()),
                described(8, info.toBuilder().clearSpec().setId(4).build())), Reaction.silence());
        try (Watch watch = client.watch(WatchOptions.everything())) {
            List<MapDescription> seen = take(watch, 3).stream()
                    .map(event -> event.changes().getFirst().description())
                    .toList();
            assertEquals(List.of(new MapDescription(3, spec, false, false, 0, 0, 0, 0),
                    new MapDescription(3, spec, false, false, 0, 1, 0, 0),
                    new MapDescription(3, spec, false, false, 0, 2, 0, 0)), seen);
            NestmapException e = assertThrows(NestmapException.class, watch::hasNext);
            assertTrue(String.valueOf(e.getMessage())
                    .contains("map 4 changes, but was never defined"), e::getMessage);
        }
    }

    private static WatchResponse.Builder described(long revision, MapInfo info) {
        WatchResponse.Builder message = WatchResponse.newBuilder()
                .setHeader(FakeMember.header(revision));
        message.addChangesBuilder().setMapId(info.getId()).setInfo(info);
        return message;
    }

    private static List<WatchEvent> take(Watch watch, int count) {
        List<WatchEvent> events = new ArrayList<>();
        while (events.size() < count) {
            events.add(watch.poll(LONG)
                    .orElseThrow(() -> new AssertionError("no event in time; saw " + events)));
        }
        return events;
    }

    private static CompletableFuture<Boolean> hasNext(Watch watch) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> result.complete(watch.hasNext()));
        return result;
    }

    private static Reaction<WatchRequest, WatchResponse> stream(Status end,
            WatchResponse.Builder... messages) {
        return (request, answers) -> {
            for (WatchResponse.Builder message : messages) {
                answers.onNext(message.build());
            }
            if (end.isOk()) {
                answers.onCompleted();
            } else {
                answers.onError(end.asRuntimeException());
            }
        };
    }

    private static WatchResponse.Builder message(long revision, long mapId) {
        WatchResponse.Builder message = WatchResponse.newBuilder()
                .setHeader(FakeMember.header(revision));
        message.addChangesBuilder().setMapId(mapId).setRemoved(true);
        return message;
    }

    private static WatchResponse large(long revision, int payloadBytes) {
        WatchResponse.Builder message = message(revision, 1);
        message.getChangesBuilder(0).addDeleted(ByteString.copyFrom(new byte[payloadBytes]));
        return message.build();
    }
}
