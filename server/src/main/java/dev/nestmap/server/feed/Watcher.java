package dev.nestmap.server.feed;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The server's side of one watch. Takes no more requests from its stream than it has answered, but for a few. */
public final class Watcher {
    /** Marks that a watcher may wait for at once; further requests wait in the transport, which has bounds of its own. */
    static final int OPEN_MARKS = 64;

    private final Feed feed;
    private final ServerCallStreamObserver<WatchResponse> stream;
    private final Outbox<WatchResponse> outbox;
    private final ProgressMarks marks;

    Watcher(Feed feed, ServerCallStreamObserver<WatchResponse> stream,
            Supplier<CompletableFuture<FleetState>> newest) {
        this.feed = feed;
        this.stream = stream;
        this.outbox = new Outbox<>(stream);
        this.marks = new ProgressMarks(newest, outbox::wake, outbox::fail);
        stream.disableAutoRequest();
        stream.request(1);
    }

    /** Serves the watch until it is closed. */
    public void begin(Watched watched) {
        stream.request(OPEN_MARKS);
        feed.serve(watched, outbox, marks, () -> stream.request(1));
    }

    /** Asks for a mark, not before {@link #begin}. */
    public void ask(long nonce) {
        marks.ask(nonce);
    }

    /** Ends the stream with an error. */
    public void fail(Throwable error) {
        outbox.fail(error);
    }
}
