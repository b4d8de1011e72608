package dev.nestmap.server.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * The memory that requests hold while their parts arrive, over all clients of this member: bounded, for all of them and for each
 * connection. Where it is full, those make room for which nothing has come for long, or which are not whole after very long.
 * Safe for threads.
 */
final class UnfinishedRequests {
    static final Duration IDLE = Duration.ofSeconds(30);
    /** However often a little comes: nobody may hold the room for ever. */
    static final Duration LIFE = Duration.ofMinutes(5);

    private final long limitBytes;
    private final long connectionLimitBytes;
    private final LongSupplier nanos;
    private final Executor drops;
    // Guarded by this.
    private final Set<Share> shares = new LinkedHashSet<>();
    private final Map<Object, Long> bytesByConnection = new HashMap<>();
    private long bytes;

    /** @param drops runs what ends the requests that make room */
    UnfinishedRequests(long limitBytes, long connectionLimitBytes, LongSupplier nanos,
            Executor drops) {
        this.drops = drops;
        this.limitBytes = limitBytes;
        this.connectionLimitBytes = connectionLimitBytes;
        this.nanos = nanos;
    }

    /** Whether a request may grow. */
    enum Growth {
        /** It has. */
        GROWN,
        /** All requests together hold too much. */
        FULL,
        /** Those of its connection do. */
        CONNECTION_FULL,
        /** It is under way for longer than {@link #LIFE}. */
        TOO_LATE
    }

    /** What one request holds. */
    static final class Share {
        private final Object connection;
        private final Runnable drop;
        // Guarded by the owner.
        private long bytes;
        private long firstNanos;
        private long lastNanos;

        /** Holds nothing yet; {@code drop} is run where it must make room, on a thread of its own. */
        Share(Object connection, Runnable drop) {
            this.connection = connection;
            this.drop = drop;
        }
    }

    /** Takes more; where it is not {@link Growth#GROWN}, the share is as it was. Nothing more is no sign of life. */
    Growth grow(Share share, long moreBytes) {
        List<Share> dropped = new ArrayList<>();
        Growth growth;
        synchronized (this) {
            long now = nanos.getAsLong();
            if (!shares.contains(share)) {
                share.firstNanos = now;
                share.lastNanos = now;
            } else if (moreBytes > 0) {
                share.lastNanos = now;
            }
            if (bytes + moreBytes > limitBytes) {
                shares.stream()
                        .filter(other -> other != share && isOver(other, now))
                        .forEach(dropped::add);
                dropped.forEach(this::release);
            }
            growth = growth(share, moreBytes, now);
            if (growth == Growth.GROWN) {
                shares.add(share);
                add(share, moreBytes);
            }
        }
        // Not on this thread: who grows holds a lock of its own, and two that drop each other would wait for ever.
        dropped.forEach(other -> drops.execute(other.drop));
        return growth;
    }

    private static boolean isOver(Share share, long now) {
        return now - share.lastNanos > IDLE.toNanos() || now - share.firstNanos > LIFE.toNanos();
    }

    private Growth growth(Share share, long moreBytes, long now) {
        if (now - share.firstNanos > LIFE.toNanos()) {
            return Growth.TOO_LATE;
        }
        if (bytesByConnection.getOrDefault(share.connection, 0L)
                + moreBytes > connectionLimitBytes) {
            return Growth.CONNECTION_FULL;
        }
        return bytes + moreBytes > limitBytes ? Growth.FULL : Growth.GROWN;
    }

    private void add(Share share, long moreBytes) {
        share.bytes += moreBytes;
        bytes += moreBytes;
        bytesByConnection.merge(share.connection, moreBytes,
                (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
    }

    synchronized void release(Share share) {
        if (shares.remove(share)) {
            add(share, -share.bytes);
        }
    }

    synchronized long bytes() {
        return bytes;
    }

    /** Connections of which something is held. */
    synchronized int connections() {
        return bytesByConnection.size();
    }
}
