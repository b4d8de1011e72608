package dev.nestmap.client;

import com.google.protobuf.ByteString;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.proto.v1.DumpRequest;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.ReadOptions;
import io.grpc.Status;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * All elements of a map of any type, in its order, at one revision, however often the stream beneath breaks. Pages are
 * fetched a little ahead of the reader; a reader that stops holds one version of the map on the server, and after ten
 * minutes only the place. One thread iterates. Ends by itself behind the last element, or when nobody holds it any more.
 */
public final class Dump implements Iterator<Element>, AutoCloseable {
    private static final Cleaner ABANDONED = Cleaner.create();

    /** What to do where the stream broke and its revision is no longer held by the member that goes on. */
    public enum WhenGone {
        /** Throw {@link Kind#REVISION_GONE}: begin a new dump. */
        FAIL,
        /** Go on behind the last element, at the newest revision: the elements then are of two states. */
        GO_ON_AT_NEWEST
    }

    private final MapRef map;
    private final ReadOptions read;
    private final WhenGone whenGone;
    private final Duration attemptTimeout;
    private final LeaderConnections connections;
    private final Reopening reopening;
    /** What the cleaner ends; holds no reference to the dump. */
    private final AtomicReference<@Nullable ServerStream<DumpRequest, DumpResponse>> stream = new AtomicReference<>();
    private final Cleaner.Cleanable cleanup;
    // Confined to the thread that iterates.
    private Iterator<Element> page = List.<Element>of().iterator();
    private ByteString resume = ByteString.EMPTY;
    private boolean end;
    private boolean closed;
    private @Nullable Answer<MapDescription> description;

    Dump(LeaderConnections connections, ClientOptions options, MapRef map, ReadOptions read,
            WhenGone whenGone) {
        this.map = map;
        this.read = read;
        this.whenGone = whenGone;
        this.attemptTimeout = options.attemptTimeout();
        this.connections = connections;
        this.reopening = new Reopening(connections, options.patience(), options.timeout(),
                () -> "dump " + map);
        this.cleanup = ABANDONED.register(this, canceller(stream));
    }

    /**
     * The map at the revision that is dumped; waits for the first page. Throws as {@link #hasNext}, and {@link
     * IllegalStateException} where it was closed before that came.
     */
    public Answer<MapDescription> description() {
        while (description == null) {
            if (closed) {
                throw new IllegalStateException(
                        "dump %s: it was closed before anything came; ask before closing it"
                                .formatted(map));
            }
            step();
        }
        return description;
    }

    /**
     * Waits for the next page where needed. Throws {@link NestmapException}: ENOENT, {@link Kind#REVISION_GONE},
     * {@link Kind#UNAVAILABLE} where nobody was heard for as long as the client's timeout.
     */
    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !end) {
            step();
        }
        return page.hasNext();
    }

    @Override
    public Element next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the dump is at its end");
        }
        return page.next();
    }

    /** Lets go of the server's version; there are no more elements. */
    @Override
    public void close() {
        end = true;
        closed = true;
        page = List.<Element>of().iterator();
        cleanup.clean();
    }

    private static Runnable canceller(
            AtomicReference<@Nullable ServerStream<DumpRequest, DumpResponse>> stream) {
        return () -> {
            ServerStream<DumpRequest, DumpResponse> open = stream.get();
            if (open != null) {
                open.cancel();
            }
        };
    }

    private void step() {
        ServerStream<DumpRequest, DumpResponse> open = stream.get();
        try {
            if (open == null) {
                long pauseNanos = reopening.pauseNanos();
                if (pauseNanos > 0) {
                    Thread.sleep(Duration.ofNanos(pauseNanos));
                }
                stream.set(new ServerStream<>(reopening.next(), MapServiceGrpc.getDumpMethod(),
                        request()));
                return;
            }
            switch (open.take(attemptTimeout.toNanos())) {
                case null -> {
                    open.cancel();
                    ended(open, Status.UNAVAILABLE
                            .withDescription("no page within " + attemptTimeout)
                            .asRuntimeException());
                }
                case ServerStream.Message<DumpResponse>(DumpResponse response) ->
                    received(open, response);
                case ServerStream.Ended<DumpResponse>(Throwable error) -> ended(open, error);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reopening.failure(Kind.CANCELLED, "interrupted while waiting", e);
        }
    }

    private DumpRequest request() {
        DumpRequest.Builder request = DumpRequest.newBuilder()
                .setResume(resume)
                .setOrNewest(whenGone == WhenGone.GO_ON_AT_NEWEST);
        if (resume.isEmpty()) {
            request.setMap(MapRefCodec.ref(map)).setRead(read);
        }
        return request.build();
    }

    private void received(ServerStream<DumpRequest, DumpResponse> from, DumpResponse response) {
        reopening.heard(from.connection(), Origin.of(response.getHeader()));
        try {
            if (description == null) {
                description = Decode.answer(response.getHeader(), Decode.map(response.getInfo()));
            }
            page = ElementCodec.elements(response.getElementsList()).iterator();
        } catch (InvalidMessageException e) {
            from.cancel();
            throw reopening.failure(Kind.INTERNAL, "the answer of %s makes no sense: %s"
                    .formatted(from.connection().target(), e.getMessage()), e);
        }
        resume = response.getResume();
        end = response.getEnd();
    }

    private void ended(ServerStream<DumpRequest, DumpResponse> from, Throwable error) {
        stream.set(null);
        if (connections.isClosed()) {
            throw reopening.failure(Kind.CLOSED, "the client is closed", error);
        }
        Optional<NestmapException> failure = reopening.ended(from, error);
        if (failure.isPresent()) {
            throw failure.get();
        }
    }
}
