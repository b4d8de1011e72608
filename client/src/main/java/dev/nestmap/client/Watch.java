package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.WatchRequest;
import dev.nestmap.proto.v1.WatchResponse;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Changes as they are committed, each exactly once and in order, however often the stream beneath breaks: it is opened
 * again behind the last complete revision, at whichever member answers. What was received and not yet taken is bounded;
 * a slow reader stops the server, which then merges what it missed. One thread iterates; any may close.
 */
public final class Watch implements Iterator<WatchEvent>, AutoCloseable {
    private static final Duration FOR_EVER = Duration.ofDays(365);

    private final LeaderConnections connections;
    private final WatchOptions what;
    private final EventAssembler events;
    private final Reopening reopening;
    private final ProgressNonces nonces = new ProgressNonces();
    private final CountDownLatch closed = new CountDownLatch(1);
    // Written by the thread that iterates; read by whoever closes or asks for progress.
    private volatile @Nullable ServerStream<WatchRequest, WatchResponse> stream;
    // Written by the thread that iterates.
    private volatile long lastHeardNanos = System.nanoTime();
    // The following are confined to the thread that iterates.
    private @Nullable WatchEvent next;
    private @Nullable NestmapException failure;
    /** The map that is watched, once a member has said so: a name may come to mean another. */
    private long mapId;

    Watch(LeaderConnections connections, ClientOptions options, WatchOptions what) {
        this.connections = connections;
        this.what = what;
        this.events = new EventAssembler(what.fromRevision(), what.maxEventBytes());
        this.reopening = new Reopening(connections, options.patience(), what.patience(),
                this::doing);
    }

    /**
     * Waits for the next event; false after the watch or its client was closed. Throws {@link NestmapException}:
     * {@link Kind#UNAVAILABLE} where nothing was heard for as long as the patience lasts, {@link Kind#WRONG_CLUSTER}
     * where another cluster answers, {@link Kind#TOO_LARGE} where an event is over the limit, and what the server refuses.
     */
    @Override
    public boolean hasNext() {
        return advance(FOR_EVER);
    }

    /** The next event; waits for it. {@link NoSuchElementException} after close. */
    @Override
    public WatchEvent next() {
        while (hasNext()) {
            WatchEvent event = next;
            if (event != null) {
                next = null;
                return event;
            }
        }
        throw new NoSuchElementException("the watch is closed");
    }

    /** The next event, if one comes within this time; empty then, and after close. Throws as {@link #hasNext}. */
    public Optional<WatchEvent> poll(Duration longest) {
        return advance(longest) ? Optional.of(next()) : Optional.empty();
    }

    /**
     * Everything up to this revision was seen, the event that {@link #hasNext} has fetched included: a new watch from the
     * revision behind it continues without a gap. 0 before the first event of a watch from 0.
     */
    public long revision() {
        return events.revision();
    }

    /** The cluster that answers; empty before the first answer. Another one ends the watch. */
    public Optional<String> clusterId() {
        return events.clusterId();
    }

    /**
     * Asks whether all there is was seen. The answer is an event with this number or a greater one (so it also answers those
     * asked for before), after all events up to its revision: what was seen by then was the newest state at some moment
     * after this call. Clocks play no part. Where no member can vouch for that the answer waits, over broken streams too,
     * until one can; the watch goes on meanwhile. Any thread; never blocks. Asking often costs little: one request is on
     * its way at a time.
     *
     * @return the number, above all given before
     */
    public long requestProgress() {
        long nonce = nonces.ask();
        sendNonce();
        return nonce;
    }

    /**
     * {@link System#nanoTime} when the last message came, parts of an event included of which the rest is still on its way;
     * before the first one, when the watch was made. Any thread.
     */
    public long lastHeardNanos() {
        return lastHeardNanos;
    }

    /** Ends the watch, a waiting {@link #hasNext} too. */
    @Override
    public void close() {
        closed.countDown();
        ServerStream<WatchRequest, WatchResponse> open = stream;
        if (open != null) {
            open.cancel();
        }
    }

    private boolean advance(Duration longest) {
        long startNanos = System.nanoTime();
        try {
            while (next == null && !isClosed()) {
                if (failure != null) {
                    throw failure.seenByCaller();
                }
                long leftNanos = longest.toNanos() - (System.nanoTime() - startNanos);
                if (leftNanos <= 0 || !step(leftNanos)) {
                    return false;
                }
            }
            return next != null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NestmapException(Kind.CANCELLED, doing() + ": interrupted while waiting", e);
        }
    }

    /** Waits for one thing to happen; false where nothing did in time. */
    private boolean step(long longestNanos) throws InterruptedException {
        ServerStream<WatchRequest, WatchResponse> open = stream;
        if (open == null) {
            long pauseNanos = reopening.pauseNanos();
            if (pauseNanos > 0) {
                return !closed.await(Math.min(pauseNanos, longestNanos), TimeUnit.NANOSECONDS);
            }
            open();
            return true;
        }
        ServerStream.Signal<WatchResponse> signal = open.take(longestNanos);
        switch (signal) {
            case null -> {
                return false;
            }
            case ServerStream.Message<WatchResponse>(WatchResponse message) ->
                received(open, message);
            case ServerStream.Ended<WatchResponse>(Throwable error) -> ended(open, error);
        }
        return true;
    }

    private void open() {
        Connection connection;
        try {
            connection = reopening.next();
        } catch (NestmapException clientIsClosed) {
            close();
            return;
        }
        ServerStream<WatchRequest, WatchResponse> opened = new ServerStream<>(connection,
                MapServiceGrpc.getWatchMethod(), request());
        synchronized (nonces) {
            nonces.lost();
            stream = opened;
        }
        sendNonce();
        if (isClosed()) {
            opened.cancel();
        }
    }

    private WatchRequest request() {
        WatchRequest.Builder request = WatchRequest.newBuilder()
                .setNamespace(what.namespace())
                .setKeyFrom(ElementCodec.bytes(what.keyFrom()))
                .setKeyTo(ElementCodec.bytes(what.keyTo()))
                .setPreviousValues(what.previousValues())
                .setFromRevision(events.resumeFrom());
        if (mapId != 0) {
            return request.setMapId(mapId).build();
        }
        switch (what.map().orElse(null)) {
            case null -> {
                // All of the namespace.
            }
            case MapRef.ById(long id) -> request.setMapId(id);
            case MapRef named -> request.setMap(MapRefCodec.ref(named));
        }
        return request.build();
    }

    /** Under a lock, so that no number is given to a stream that was left before. */
    private void sendNonce() {
        synchronized (nonces) {
            ServerStream<WatchRequest, WatchResponse> open = stream;
            long nonce = open == null ? 0 : nonces.next();
            if (open != null && nonce != 0) {
                open.send(WatchRequest.newBuilder().setProgressNonce(nonce).build());
            }
        }
    }

    private void received(ServerStream<WatchRequest, WatchResponse> from, WatchResponse message) {
        lastHeardNanos = System.nanoTime();
        reopening.heard(from.connection(), Origin.of(message.getHeader()));
        mapId = message.getMapId();
        if (message.getProgressNonce() != 0) {
            nonces.answered(message.getProgressNonce());
            sendNonce();
        }
        try {
            next = events.add(message).orElse(null);
        } catch (InvalidMessageException e) {
            fail(Kind.INTERNAL, "the answer of %s makes no sense: %s"
                    .formatted(from.connection().target(), e.getMessage()), e);
        } catch (NestmapException e) {
            fail(e.kind(), String.valueOf(e.getMessage()), e);
        }
    }

    private void ended(ServerStream<WatchRequest, WatchResponse> from, Throwable error) {
        stream = null;
        events.dropIncomplete();
        if (connections.isClosed()) {
            close();
        }
        if (isClosed()) {
            return;
        }
        failure = reopening.ended(from, error).orElse(null);
    }

    private void fail(Kind kind, String reason, Throwable cause) {
        ServerStream<WatchRequest, WatchResponse> open = stream;
        if (open != null) {
            open.cancel();
        }
        failure = reopening.failure(kind, reason, cause);
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private String doing() {
        String scope = what.namespace().isEmpty()
                ? "all maps"
                : "namespace \"" + what.namespace() + "\"";
        return "watch " + what.map().map(map -> "map " + map).orElse(scope) + " from revision "
                + events.resumeFrom();
    }
}
