package dev.nestmap.client;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The newest revision that a client heard of, which goes with its writes ({@code RequestId.known_revision}) so that a resent one is
 * told from a new one also where the store forgot the client. One that was heard long ago would make a first sending look like
 * a late one, so it is not said. Safe for many threads.
 */
final class KnownRevision {
    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

    private final LongSupplier nanoTime;
    private volatile Heard newest = new Heard(0, 0);

    private record Heard(long revision, long atNanos) {}

    KnownRevision(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Of an answer. */
    void heard(long revision) {
        // Of two at once one may get lost: any revision that was heard will do.
        if (revision >= revision()) {
            newest = new Heard(revision, nanoTime.getAsLong());
        }
    }

    /** The newest of the last minute; 0: none. */
    long revision() {
        Heard heard = newest;
        return nanoTime.getAsLong() - heard.atNanos < FRESH_NANOS ? heard.revision : 0;
    }
}
