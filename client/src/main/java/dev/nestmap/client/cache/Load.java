package dev.nestmap.client.cache;

import dev.nestmap.model.Bytes;
import java.util.concurrent.CompletableFuture;

/** A lookup on its way, and who waits for it. */
final class Load<V> {
    private final Bytes key;
    private final long startedNanos;
    private final long floor;
    private final CompletableFuture<Entry<V>> result = new CompletableFuture<>();
    // Guarded by the lock of Coherence: the last revision in which the key was changed since the start.
    private long touched;

    /**
     * Not sent yet.
     *
     * @param startedNanos a moment before it is sent
     * @param floor a revision that is known to be committed before it is sent
     */
    Load(Bytes key, long startedNanos, long floor) {
        this.key = key;
        this.startedNanos = startedNanos;
        this.floor = floor;
    }

    Bytes key() {
        return key;
    }

    long startedNanos() {
        return startedNanos;
    }

    long floor() {
        return floor;
    }

    CompletableFuture<Entry<V>> result() {
        return result;
    }

    void touch(long revision) {
        touched = Math.max(touched, revision);
    }

    long touched() {
        return touched;
    }
}
