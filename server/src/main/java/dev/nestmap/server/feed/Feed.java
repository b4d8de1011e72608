package dev.nestmap.server.feed;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.DumpResponse;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.WatchResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All streams of this member. Each has a virtual thread that holds the version it sent last; a new version wakes them all and
 * each takes the difference, so a stream costs a reference and never a queue.
 */
public final class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** Each holds a version of one map, which may share nothing with the newest. */
    private static final int DUMPS = 256;
    /** Each holds the version that it sent last. */
    private static final int WATCHES = 16_384;

    private final States states;
    private final Semaphore dumps;
    private final Semaphore watches;
    private final Set<FeedStream> streams = ConcurrentHashMap.newKeySet();

    /** Sends versions from here. */
    public Feed(States states) {
        this(states, DUMPS, WATCHES);
    }

    /** With other bounds. */
    Feed(States states, int dumps, int watches) {
        this.states = states;
        this.dumps = new Semaphore(dumps);
        this.watches = new Semaphore(watches);
    }

    /** There is a new version. Called by the thread that applies: only wakes. */
    public void wake() {
        streams.forEach(FeedStream::wake);
    }

    /**
     * The server's side of a watch; to be made before its service method returns.
     *
     * @param newest a state that was the newest of the whole store at some moment after the call
     */
    public Watcher watcher(ServerCallStreamObserver<WatchResponse> stream,
            Supplier<CompletableFuture<FleetState>> newest) {
        return new Watcher(this, stream, newest);
    }

    /** The server's side of a dump; to be made before its service method returns. */
    public Dumper dumper(ServerCallStreamObserver<DumpResponse> stream) {
        return new Dumper(new Outbox<>(stream));
    }

    /** The server's side of a dump. */
    public final class Dumper {
        private final Outbox<DumpResponse> outbox;

        private Dumper(Outbox<DumpResponse> outbox) {
            this.outbox = outbox;
        }

        /** Sends the map, to its end or until the stream is closed. */
        public void begin(DumpStart start, Header header) {
            start(dumps, new DumpStream(start, header, outbox), "dump");
        }

        /** Ends the stream with an error. */
        public void fail(Throwable error) {
            outbox.fail(error);
        }

        /** Ends the stream well: its agent has ended it. */
        public void complete() {
            outbox.complete();
        }
    }

    void serve(Watched watched, Outbox<WatchResponse> outbox, ProgressMarks marks,
            Runnable markAnswered) {
        start(watches, new WatchStream(states, watched, outbox, marks, markAnswered), "watch");
    }

    /** The sending side of an agent's stream; to be made before its service method returns. */
    public AgentOutbox agentOutbox(ServerCallStreamObserver<FollowResponse> stream) {
        return new AgentOutbox(FollowStream.outbox(stream));
    }

    /** Serves an agent until its stream is closed, then runs what is to be run. */
    public void follow(Hello hello, AgentOutbox outbox, Runnable atEnd) {
        start(new FollowStream(states, hello, outbox.outbox), "follow-" + hello.getNode(), atEnd);
    }

    /** The sending side of an agent's stream. */
    public static final class AgentOutbox {
        private final Outbox<FollowResponse> outbox;

        private AgentOutbox(Outbox<FollowResponse> outbox) {
            this.outbox = outbox;
        }

        /** Ends the stream with an error. */
        public void fail(Throwable error) {
            outbox.fail(error);
        }

        /** Ends the stream well: its agent has ended it. */
        public void complete() {
            outbox.complete();
        }
    }

    /** Ends all streams; their receivers will come again, here or at another member. */
    @Override
    public void close() {
        streams.forEach(stream -> stream.fail(
                Status.UNAVAILABLE.withDescription("the member shuts down").asRuntimeException()));
    }

    /** One of a bounded number: each holds what nobody else may need any more. */
    private void start(Semaphore places, FeedStream stream, String kind) {
        if (places.tryAcquire()) {
            start(stream, kind, places::release);
        } else {
            stream.fail(ErrorCodec.retriable(StoreError.OVERLOADED,
                    "%s: too many are under way at this member; try again later, or another member"
                            .formatted(kind),
                    Optional.empty(), RETRY_AFTER));
        }
    }

    private void start(FeedStream stream, String name, Runnable atEnd) {
        streams.add(stream);
        Thread.ofVirtual().name(name).start(() -> {
            try {
                stream.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stream.fail(Status.UNAVAILABLE.withDescription("the member shuts down")
                        .asRuntimeException());
            } catch (StatusRuntimeException e) {
                stream.fail(e); // what was asked for is wrong, and now it shows
            } catch (RuntimeException | Error e) {
                LOG.warn("stream {} ended", name, e);
                stream.fail(Status.INTERNAL.withDescription("the stream broke: " + e)
                        .asRuntimeException());
            } finally {
                streams.remove(stream);
                atEnd.run();
            }
        });
    }
}
