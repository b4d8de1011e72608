package dev.nestmap.server.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapChange;
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.WatchResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchStreamTest {
    private static final Bytes ONE = Bytes.u32be(1);

    private final Versions versions = new Versions(10);
    private final RecordingObserver<WatchResponse> stream = new RecordingObserver<>();
    /** Each is asked for by the stream and completed by the test. */
    private final BlockingQueue<CompletableFuture<FleetState>> confirmations = new LinkedBlockingQueue<>();
    private final Watcher watcher = versions.feed().watcher(stream, () -> {
        CompletableFuture<FleetState> confirmation = new CompletableFuture<>();
        confirmations.add(confirmation);
        return confirmation;
    });

    @AfterEach
    void end() {
        stream.cancel();
    }

    @Test
    void aMarkWaitsForTheConfirmation() throws Exception {
        versions.create("m", MapType.HASH, 4);
        watch(all(1));
        assertEquals(1, next().getHeader().getRevision());
        watcher.ask(7);
        versions.put("m", ONE, 1);
        assertEquals(0, changed(2).getProgressNonce());
        confirmation().complete(versions.newest());
        WatchResponse mark = next();
        assertEquals(7, mark.getProgressNonce());
        assertEquals(2, mark.getHeader().getRevision());
        assertEquals(0, mark.getChangesCount());
    }

    @Test
    void aMarkWaitsUntilTheConfirmedStateWasSent() throws Exception {
        versions.create("m", MapType.HASH, 4);
        Versions ahead = new Versions(10);
        ahead.create("m", MapType.HASH, 4);
        ahead.put("m", ONE, 1);
        ahead.put("m", ONE, 2);
        watch(all(1));
        assertEquals(1, next().getHeader().getRevision());
        watcher.ask(7);
        confirmation().complete(ahead.newest());
        versions.put("m", ONE, 1);
        assertEquals(0, changed(2).getProgressNonce());
        versions.put("m", ONE, 2);
        assertEquals(0, changed(3).getProgressNonce());
        assertEquals(7, next().getProgressNonce());
    }

    @Test
    void whatCannotBeConfirmedEndsTheStreamWithoutAMark() throws Exception {
        versions.create("m", MapType.HASH, 4);
        watch(all(1));
        assertEquals(1, next().getHeader().getRevision());
        watcher.ask(7);
        Throwable noLeader = new IllegalStateException("no leader");
        confirmation().completeExceptionally(noLeader);
        assertSame(noLeader, stream.error());
        assertEquals(List.of(), List.copyOf(stream.messages));
    }

    @Test
    void oneConfirmationIsForAllThatAskedBeforeItAndNoneAfter() throws Exception {
        versions.create("m", MapType.HASH, 4);
        watch(all(1));
        assertEquals(1, next().getHeader().getRevision());
        watcher.ask(1);
        CompletableFuture<FleetState> first = confirmation();
        watcher.ask(2);
        watcher.ask(3);
        assertTrue(confirmations.isEmpty());
        first.complete(versions.newest());
        assertEquals(1, next().getProgressNonce());
        versions.put("m", ONE, 1);
        assertEquals(0, changed(2).getProgressNonce());
        confirmation().complete(versions.newest());
        assertEquals(2, next().getProgressNonce());
        assertEquals(3, next().getProgressNonce());
        assertTrue(confirmations.isEmpty());
    }

    @Test
    void onlySoManyRequestsForMarksAreTakenFromTheTransport() throws Exception {
        versions.create("m", MapType.HASH, 4);
        assertEquals(1, stream.requested.get());
        watch(all(1));
        assertEquals(1 + Watcher.OPEN_MARKS, stream.requested.get());
        watcher.ask(7);
        confirmation().complete(versions.newest());
        while (next().getProgressNonce() != 7) {
            // the creation comes first
        }
        versions.put("m", ONE, 1); // sent by the same thread, after the request for one more
        changed(2);
        assertEquals(2 + Watcher.OPEN_MARKS, stream.requested.get());
    }

    @Test
    void marksComeUnaskedWhileNothingHappens() throws Exception {
        watch(all(1));
        long startNanos = System.nanoTime();
        WatchResponse mark = next();
        assertEquals(0, mark.getProgressNonce());
        assertEquals(0, mark.getChangesCount());
        assertTrue(System.nanoTime() - startNanos < TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void aRangeShowsItsKeysAloneAndEndsBeforeTheLast() throws Exception {
        long id = versions.create("m", MapType.ARRAY, 4);
        watch(new Watched("", id, new AskedKeys(Bytes.u32le(255), Bytes.u32le(257)), 2, false));
        for (int index = 254; index < 259; index++) {
            versions.put("m", Bytes.u32le(index), index);
        }
        assertEquals(List.of(Bytes.u32le(255)), keysSet(changed(3)));
        assertEquals(List.of(Bytes.u32le(256)), keysSet(changed(4)));
        versions.run(new Command.Freeze(Versions.ref("m")));
        WatchResponse frozen = changed(7);
        assertTrue(frozen.getChanges(0).getInfo().getFrozen());
        assertEquals(List.of(), keysSet(frozen));
    }

    @Test
    void aSnapshotOfARangeHasItsKeysAlone() throws Exception {
        long id = versions.create("m", MapType.HASH, 1);
        for (int i = 0; i < 5; i++) {
            versions.put("m", Bytes.of(i), i);
        }
        watch(new Watched("", id, new AskedKeys(Bytes.of(1), Bytes.of(3)), 0, true));
        WatchResponse snapshot = next();
        assertTrue(snapshot.getSnapshot());
        assertEquals(id, snapshot.getMapId());
        assertEquals(List.of(Bytes.of(1), Bytes.of(2)), keysSet(snapshot));
        assertEquals(0, snapshot.getChanges(0).getPreviousCount());
    }

    @Test
    void previousValuesAreThoseBeforeTheChangeAndNoneWhereThereWasNone() throws Exception {
        long id = versions.create("m", MapType.HASH, 4);
        watch(new Watched("", id, AskedKeys.ALL, 1, true));
        assertEquals(0, changed(1).getChanges(0).getPreviousCount());
        versions.put("m", ONE, 10);
        assertEquals(0, changed(2).getChanges(0).getPreviousCount());
        versions.put("m", ONE, 20);
        assertEquals(List.of(element(ONE, 10)), changed(3).getChanges(0).getPreviousList());
        versions.delete("m", ONE);
        MapChange deleted = changed(4).getChanges(0);
        assertEquals(1, deleted.getDeletedCount());
        assertEquals(List.of(element(ONE, 20)), deleted.getPreviousList());
    }

    @Test
    void arrayElementsHadZerosBeforeTheyWereWritten() throws Exception {
        long id = versions.create("m", MapType.ARRAY, 4);
        watch(new Watched("", id, AskedKeys.ALL, 2, true));
        versions.put("m", Bytes.u32le(3), 10);
        assertEquals(List.of(element(Bytes.u32le(3), 0)),
                changed(2).getChanges(0).getPreviousList());
    }

    @Test
    void aWatcherThatLagsGetsOneMergedDifferenceAndThenEachRevisionAgain() throws Exception {
        versions.create("m", MapType.HASH, 4);
        watch(all(1));
        assertEquals(1, next().getHeader().getRevision());
        stream.reading(false);
        for (int i = 0; i < 100; i++) {
            versions.put("m", ONE, i);
        }
        stream.reading(true);
        int messages = 1;
        boolean merged = false;
        WatchResponse message = next();
        while (message.getHeader().getRevision() < 101) {
            merged |= message.getCoalesced();
            message = next();
            messages++;
        }
        assertTrue((merged || message.getCoalesced()) && messages <= 12, messages + " messages");
        assertFalse(message.getSnapshot());
        assertEquals(List.of(element(ONE, 99)), message.getChanges(0).getSetList());
        versions.put("m", ONE, 100);
        assertFalse(changed(102).getCoalesced());
    }

    /** A near-cache may have read what was there in between: it must hear that something was. */
    @Test
    void contentsThatChangedAndChangedBackBetweenTwoVersionsAreToldAllTheSame() {
        long id = versions.create("m", MapType.HASH, 4);
        versions.put("m", ONE, 1);
        FleetState before = versions.newest();
        versions.put("m", ONE, 2);
        versions.put("m", ONE, 1);
        WatchView view = new WatchView(before, new Watched("", id, AskedKeys.ALL, 2, false));
        List<MapStep> steps = view.advance(versions.newest());
        assertEquals(1, steps.size());
        MapChange change = new Chunks(steps, view.keys(), false, SentDefinitions.fromRevision(),
                FeedStream.CHUNK_BYTES).next().getFirst();
        assertEquals(id, change.getMapId());
        assertEquals(0, change.getSetCount() + change.getDeletedCount());
    }

    @Test
    void aRevisionThatIsNoLongerHeldGivesASnapshotMarkedAsSuch() throws Exception {
        versions.create("m", MapType.HASH, 4);
        for (int i = 0; i < 30; i++) {
            versions.put("m", ONE, i);
        }
        watch(all(5));
        WatchResponse message = next();
        assertTrue(message.getSnapshot());
        assertEquals(31, message.getHeader().getRevision());
        assertEquals(List.of(element(ONE, 29)), message.getChanges(0).getSetList());
        versions.put("m", ONE, 30);
        assertFalse(changed(32).getSnapshot());
    }

    @Test
    void aReceiverThatTakesTooLongForOneStepIsGivenUp() throws Exception {
        versions.create("m", MapType.HASH, 4);
        stream.reading(false);
        new WatchStream(versions, all(1), new Outbox<>(stream),
                new ProgressMarks(CompletableFuture::new, () -> {}, _ -> {}), () -> {},
                Duration.ofMillis(1)).run();
        assertSame(FeedStream.TOO_SLOW, stream.error());
    }

    @Test
    void changesElsewhereAreNotSentOneByOne() throws Exception {
        long id = versions.create("m", MapType.HASH, 4);
        versions.create("other", MapType.HASH, 4);
        watch(new Watched("", id, AskedKeys.ALL, 3, false));
        for (int i = 0; i < 8; i++) {
            versions.put("other", ONE, i);
        }
        versions.put("m", ONE, 1);
        WatchResponse first = next();
        while (first.getChangesCount() == 0) {
            first = next();
        }
        assertEquals(11, first.getHeader().getRevision());
        assertFalse(first.getCoalesced());
    }

    @Test
    void aDefinitionIsSentOnceHoweverOftenElementsChange() throws Exception {
        versions.create("m", MapType.HASH, 4);
        watch(all(0));
        WatchResponse snapshot = next();
        assertTrue(snapshot.getSnapshot());
        assertEquals("m", snapshot.getChanges(0).getInfo().getSpec().getName());
        versions.put("m", ONE, 1);
        MapInfo later = changed(2).getChanges(0).getInfo();
        assertFalse(later.hasSpec());
        assertEquals(1, later.getElements());
        assertEquals(2, later.getModifiedRevision());
        versions.create("n", MapType.HASH, 4);
        assertEquals("n", changed(3).getChanges(0).getInfo().getSpec().getName());
    }

    @Test
    void aStreamThatGoesOnFromARevisionSaysADefinitionWithTheFirstChangeThatItHas()
            throws Exception {
        versions.create("m", MapType.HASH, 4);
        watch(all(2));
        versions.put("m", ONE, 1);
        assertEquals("m", changed(2).getChanges(0).getInfo().getSpec().getName());
        versions.put("m", ONE, 2);
        assertFalse(changed(3).getChanges(0).getInfo().hasSpec());
    }

    private void watch(Watched watched) {
        watcher.begin(watched);
    }

    private static Watched all(long fromRevision) {
        return new Watched("", 0, AskedKeys.ALL, fromRevision, false);
    }

    private WatchResponse next() throws InterruptedException {
        return stream.next();
    }

    /** The next message, which must be the changes of a revision. */
    private WatchResponse changed(long revision) throws InterruptedException {
        WatchResponse message = next();
        while (message.getChangesCount() == 0 && message.getProgressNonce() == 0) {
            message = next();
        }
        assertEquals(revision, message.getHeader().getRevision());
        assertEquals(1, message.getChangesCount(), message.toString());
        return message;
    }

    private CompletableFuture<FleetState> confirmation() throws InterruptedException {
        CompletableFuture<FleetState> confirmation = confirmations.poll(20, TimeUnit.SECONDS);
        if (confirmation == null) {
            throw new AssertionError("no confirmation was asked for");
        }
        return confirmation;
    }

    private static List<Bytes> keysSet(WatchResponse message) {
        return message.getChanges(0)
                .getSetList()
                .stream()
                .map(element -> Bytes.wrap(element.getKey().toByteArray()))
                .toList();
    }

    private static Element element(Bytes key, int value) {
        return Element.newBuilder()
                .setKey(ByteString.copyFrom(key.asByteBuffer()))
                .setValue(dev.nestmap.proto.v1.Value.newBuilder()
                        .setData(ByteString.copyFrom(Bytes.u32le(value).asByteBuffer())))
                .build();
    }
}
