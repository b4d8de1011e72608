package dev.nestmap.server.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The memory that transactions hold while their parts arrive, over all clients of this member: bounded. Where it is full, those
 * make room for which nothing has come for long. Safe for threads.
 */
final class UnfinishedTransactions {
    /** Enough for the largest transaction of the most operations, and some smaller ones beside it. */
    static final long LIMIT_BYTES = 128L << 20;
    static final Duration IDLE = Duration.ofSeconds(30);

    private final long limitBytes;
    private final LongSupplier nanos;
    // Guarded by this.
    private final Set<Share> shares = new LinkedHashSet<>();
    private long bytes;

    UnfinishedTransactions(long limitBytes, LongSupplier nanos) {
        this.limitBytes = limitBytes;
        this.nanos = nanos;
    }

    /** What one transaction holds. */
    static final class Share {
        private final Runnable drop;
        // Guarded by the owner.
        private long bytes;
        private long lastNanos;

        /** Holds nothing yet; {@code drop} is run where it must make room, on the thread of another. */
        Share(Runnable drop) {
            this.drop = drop;
        }
    }

    /** Takes more; false where there is no room, and then the share is as it was. */
    boolean grow(Share share, long moreBytes) {
        List<Share> dropped = new ArrayList<>();
        boolean fits;
        synchronized (this) {
            long now = nanos.getAsLong();
            share.lastNanos = now;
            if (bytes + moreBytes > limitBytes) {
                shares.stream()
                        .filter(other -> now - other.lastNanos > IDLE.toNanos())
                        .forEach(dropped::add);
                dropped.forEach(this::release);
            }
            fits = bytes + moreBytes <= limitBytes;
            if (fits) {
                shares.add(share);
                share.bytes += moreBytes;
                bytes += moreBytes;
            }
        }
        dropped.forEach(other -> other.drop.run());
        return fits;
    }

    synchronized void release(Share share) {
        if (shares.remove(share)) {
            bytes -= share.bytes;
            share.bytes = 0;
        }
    }

    synchronized long bytes() {
        return bytes;
    }
}
