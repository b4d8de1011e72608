package dev.nestmap.server.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.MapState;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.WatchResponse;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DumpStreamTest {
    private static final int ELEMENTS = 5_000;
    private static final int VALUE_BYTES = 4 << 10;

    /** A page now and then keeps the version as no page at all does. */
    @Test
    void aDumpThatTakesTooLongEnds() throws Exception {
        Versions versions = new Versions(1);
        long id = versions.create("m", MapType.HASH, 4);
        MapState map = Objects.requireNonNull(versions.newest().map(id));
        RecordingObserver<DumpResponse> stream = new RecordingObserver<>();
        stream.reading(false);
        new DumpStream(new DumpStart(map, 1, Optional.empty()), versions.header(1),
                new Outbox<>(stream), Duration.ofMillis(1)).run();
        assertTrue(String.valueOf(stream.error().getMessage()).contains("resume it"));
        assertTrue(stream.messages.isEmpty());
    }

    @Test
    void onlySoManyDumpsAndWatchesAreServedAtOnce() throws Exception {
        Versions versions = new Versions(1);
        long id = versions.create("m", MapType.HASH, 4);
        MapState map = Objects.requireNonNull(versions.newest().map(id));
        try (Feed feed = new Feed(versions, 1, 1)) {
            RecordingObserver<DumpResponse> first = new RecordingObserver<>();
            first.reading(false);
            feed.dumper(first).begin(new DumpStart(map, 1, Optional.empty()), versions.header(1));
            RecordingObserver<DumpResponse> second = new RecordingObserver<>();
            feed.dumper(second).begin(new DumpStart(map, 1, Optional.empty()), versions.header(1));
            assertEquals(Optional.of(StoreError.OVERLOADED),
                    ErrorCodec.storeError(second.error()));
            first.reading(true);
            assertTrue(first.next().getEnd());

            Watched all = new Watched("", 0, AskedKeys.ALL, 1, false);
            RecordingObserver<WatchResponse> watching = new RecordingObserver<>();
            feed.watcher(watching, CompletableFuture::new).begin(all);
            RecordingObserver<WatchResponse> refused = new RecordingObserver<>();
            feed.watcher(refused, CompletableFuture::new).begin(all);
            assertEquals(Optional.of(StoreError.OVERLOADED),
                    ErrorCodec.storeError(refused.error()));
            watching.cancel();
        }
    }

    @Test
    void aReaderThatStopsHoldsOnePageAndTheVersion() throws Exception {
        Versions versions = new Versions(1);
        var _ = versions.run(new Command.Create(
                MapSpec.of("default", "m", MapType.HASH, 4, VALUE_BYTES, ELEMENTS),
                new InnerSource.None()));
        var _ = versions.run(new Command.UpdateBatch(Versions.ref("m"),
                IntStream.range(0, ELEMENTS)
                        .mapToObj(i -> new Element(Bytes.u32be(i),
                                new Value.Data(Bytes.zeros(VALUE_BYTES))))
                        .toList(),
                0));
        MapState map = Objects.requireNonNull(versions.newest().map(1));
        RecordingObserver<DumpResponse> stream = new RecordingObserver<>();
        Feed.Dumper dumper = versions.feed().dumper(stream);
        stream.reading(false);
        dumper.begin(new DumpStart(map, 2, Optional.empty()), versions.header(2));
        var _ = versions.run(new Command.Delete(Versions.ref("m")));
        assertEquals(null, versions.newest().map(1));
        assertTrue(stream.messages.isEmpty(), "nothing is sent to who does not read");
        stream.reading(true);
        int seen = 0;
        DumpResponse page;
        do {
            page = stream.next();
            seen += page.getElementsCount();
            assertTrue(page.getSerializedSize() < 2 * FeedStream.CHUNK_BYTES);
        } while (!page.getEnd());
        assertEquals(ELEMENTS, seen);
        assertTrue(stream.completed.await(20, TimeUnit.SECONDS));
    }
}
