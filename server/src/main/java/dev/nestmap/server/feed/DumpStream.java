package dev.nestmap.server.feed;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.MapInfoCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.Header;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;

/** The elements of one version of a map, page after page as they are read: the stream holds that version and one page. */
final class DumpStream implements FeedStream {
    /** Longer than for what comes again by itself: perhaps a human looks at a page. */
    private static final Duration DUMP_PATIENCE = Duration.ofMinutes(10);
    /** Who reads a little now and then holds a version all the same. */
    private static final Duration WHOLE_PATIENCE = Duration.ofHours(1);

    private final MapState map;
    private final long revision;
    private final Header header;
    private final Outbox<DumpResponse> outbox;
    private final Duration wholePatience;
    /** Owned by the thread of the stream. */
    private Optional<Bytes> behind;

    DumpStream(DumpStart start, Header header, Outbox<DumpResponse> outbox) {
        this(start, header, outbox, WHOLE_PATIENCE);
    }

    /** With another bound on all pages together. */
    DumpStream(DumpStart start, Header header, Outbox<DumpResponse> outbox,
            Duration wholePatience) {
        this.map = start.map();
        this.revision = start.revision();
        this.behind = start.behind();
        this.header = header;
        this.wholePatience = wholePatience;
        this.outbox = outbox;
    }

    @Override
    public void wake() {
        // a dump is of one version
    }

    @Override
    public void fail(Throwable error) {
        outbox.fail(error);
    }

    @Override
    public void run() throws InterruptedException {
        DumpResponse.Builder page = DumpResponse.newBuilder().setInfo(MapInfoCodec.info(map));
        long startNanos = System.nanoTime();
        boolean end = false;
        while (!end) {
            Reads.Slice slice = Reads.slice(map, behind, CHUNK_BYTES);
            behind = slice.last();
            end = slice.end();
            slice.elements().forEach(element -> page.addElements(ElementCodec.element(element)));
            page.setHeader(header)
                    .setEnd(end)
                    .setResume(ElementCodec.bytes(
                            new ResumeToken(revision, map.id(), slice.last()).bytes()));
            Duration left = wholePatience.minusNanos(System.nanoTime() - startNanos);
            if (!outbox.send(page.build(),
                    left.compareTo(DUMP_PATIENCE) < 0 ? left : DUMP_PATIENCE)) {
                outbox.fail(Status.UNAVAILABLE
                        .withDescription(
                                "nothing was read from this dump for %d s, or not all of it in %d s; resume it"
                                        .formatted(DUMP_PATIENCE.toSeconds(),
                                                wholePatience.toSeconds()))
                        .asRuntimeException());
                return;
            }
            page.clear();
        }
        outbox.complete();
    }
}
