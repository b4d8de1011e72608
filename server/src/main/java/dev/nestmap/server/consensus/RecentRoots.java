package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The newest roots, one per revision without gaps. What an old root keeps alive beyond the newest is at most what was written since,
 * or was deleted since; so the bound is on the sum of the writes. For one thread at a time.
 */
final class RecentRoots {
    private final @Nullable FleetState[] ring;
    private final long bytesLimit;
    /** Sizes of the writes that made the held roots, the oldest first. */
    private final ArrayDeque<Long> sizes = new ArrayDeque<>();
    private long bytes;
    private long newest = -1;

    RecentRoots(int count, long bytesLimit) {
        this.ring = new FleetState[count];
        this.bytesLimit = bytesLimit;
    }

    Optional<FleetState> find(long revision) {
        return revision > newest || revision <= newest - sizes.size()
                ? Optional.empty()
                : Optional.ofNullable(ring[place(revision)]);
    }

    /** Adds the next revision's root, or the same revision's with more answers remembered. */
    void add(FleetState root, long writeBytes) {
        if (!sizes.isEmpty() && root.revision() == newest) {
            ring[place(newest)] = root;
            return;
        }
        if (sizes.size() == ring.length) {
            dropOldest();
        }
        newest = root.revision();
        ring[place(newest)] = root;
        sizes.addLast(writeBytes);
        bytes += writeBytes;
        while (bytes > bytesLimit && sizes.size() > 1) {
            dropOldest();
        }
    }

    void clear() {
        while (!sizes.isEmpty()) {
            dropOldest();
        }
    }

    private void dropOldest() {
        long oldest = newest - sizes.size() + 1;
        bytes -= sizes.removeFirst();
        ring[place(oldest)] = null;
    }

    private int place(long revision) {
        return (int) (revision % ring.length);
    }
}
