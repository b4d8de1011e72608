package dev.nestmap.client.cache;

import java.util.Optional;

/**
 * Reads that all count as begun at the moment when this was taken, so that they share one look at the clock, which takes
 * longer than all else in a hit. What {@link NearCache} promises holds with that moment as the beginning: each sees what was
 * right not longer before it than the staleness, every write of this client acknowledged by now, and nothing older than a
 * read before saw. Made for one piece of work, a request say, and dropped with it: whoever keeps it for an hour is given
 * what was right an hour ago where the watch was cut meanwhile. Safe for many threads.
 */
public final class Reads<K, V> {
    private final LocalMap<K, V> local;
    private final long begunNanos;

    Reads(LocalMap<K, V> local, long begunNanos) {
        this.local = local;
        this.begunNanos = begunNanos;
    }

    /** As {@link NearCache#get} and {@link Mirror#get}. */
    public Optional<V> get(K key) {
        return local.get(key, begunNanos);
    }
}
