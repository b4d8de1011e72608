package dev.nestmap.server.api;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import io.grpc.Context;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCall.Listener;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of requests from the moment when they arrive, before any service hears of them, until the service has taken
 * them, and ends the calls of those that are too much: a client may open many calls and send half of a large message in each.
 * Safe for threads.
 */
final class ArrivingRequests extends ServerStreamTracer.Factory implements ServerInterceptor {
    /** Some of the largest messages at once. */
    static final long LIMIT_BYTES = 256L << 20;
    /** Two of them. */
    static final long CONNECTION_LIMIT_BYTES = 68L << 20;
    /** What each call may hold uncounted, so that small requests pass however full it is. */
    static final long FREE_BYTES = 16 << 10;
    private static final Context.Key<Arriving> KEY = Context.key("nestmap-arriving");
    private static final Duration RETRY_AFTER = Duration.ofMillis(500);

    private final UnfinishedRequests unfinished = new UnfinishedRequests(LIMIT_BYTES,
            CONNECTION_LIMIT_BYTES, System::nanoTime, Thread::startVirtualThread);

    /** What is held now. */
    long bytes() {
        return unfinished.bytes();
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
        return new Arriving();
    }

    @Override
    public <Q, A> Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers,
            ServerCallHandler<Q, A> next) {
        Arriving arriving = KEY.get();
        if (arriving == null) {
            return next.startCall(call, headers); // not over a network
        }
        CallEnd<Q, A> end = new CallEnd<>(call);
        arriving.end = end;
        boolean once = call.getMethodDescriptor().getType().clientSendsOneMessage();
        return new SimpleForwardingServerCallListener<>(next.startCall(end, headers)) {
            @Override
            public void onMessage(Q message) {
                super.onMessage(message);
                if (!once) {
                    arriving.taken();
                }
            }

            @Override
            public void onHalfClose() {
                super.onHalfClose();
                arriving.taken();
            }
        };
    }

    /** The requests of one call. Bytes come on the transport's thread, messages are taken on others. */
    private final class Arriving extends ServerStreamTracer {
        private volatile @Nullable CallEnd<?, ?> end;
        // The following are guarded by this.
        private UnfinishedRequests.@Nullable Share share;
        private Object connection = new Object();
        private long arrived;
        private long unpacked;
        private long held;
        private boolean refused;

        @Override
        public Context filterContext(Context context) {
            return context.withValue(KEY, this);
        }

        @Override
        public synchronized void serverCallStarted(ServerCallInfo<?, ?> call) {
            connection = Connection.of(call.getAttributes());
        }

        @Override
        public void inboundWireSize(long bytes) {
            hold(bytes, 0);
        }

        @Override
        public void inboundUncompressedSize(long bytes) {
            hold(0, bytes);
        }

        @Override
        public void streamClosed(Status status) {
            taken();
        }

        private void hold(long wireBytes, long unpackedBytes) {
            String why;
            synchronized (this) {
                arrived += wireBytes;
                unpacked += unpackedBytes;
                long more = Math.max(arrived, unpacked) - FREE_BYTES - held;
                if (refused || more <= 0) {
                    return;
                }
                UnfinishedRequests.Share mine = share;
                if (mine == null) {
                    mine = new UnfinishedRequests.Share(connection, () -> refuse(
                            "others needed the room, and this request does not come to its end"));
                    share = mine;
                }
                why = switch (unfinished.grow(mine, more)) {
                    case GROWN -> "";
                    case FULL -> "the requests that arrive at this member hold %d bytes already"
                            .formatted(LIMIT_BYTES);
                    case CONNECTION_FULL ->
                        "the requests that arrive over this connection hold %d bytes already"
                                .formatted(CONNECTION_LIMIT_BYTES);
                    case TOO_LATE -> "a request must come within %d s"
                            .formatted(UnfinishedRequests.LIFE.toSeconds());
                };
                if (why.isEmpty()) {
                    held += more;
                    return;
                }
            }
            refuse(why);
        }

        /** The service has it, and bounds on its own what it keeps. */
        private synchronized void taken() {
            UnfinishedRequests.Share mine = share;
            if (mine != null) {
                unfinished.release(mine);
            }
            share = null;
            arrived = 0;
            unpacked = 0;
            held = 0;
        }

        private void refuse(String why) {
            synchronized (this) {
                refused = true;
            }
            taken();
            CallEnd<?, ?> ending = end;
            if (ending != null) {
                ending.refuse(ErrorCodec.retriable(StoreError.OVERLOADED, why + "; send it again",
                        Optional.empty(), RETRY_AFTER));
            }
        }
    }
}
