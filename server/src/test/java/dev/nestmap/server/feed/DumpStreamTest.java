package dev.nestmap.server.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.MapState;
import dev.nestmap.proto.v1.DumpResponse;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DumpStreamTest {
    private static final int ELEMENTS = 5_000;
    private static final int VALUE_BYTES = 4 << 10;

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
