package dev.nestmap.client.cache;

import dev.nestmap.client.WatchEvent;
import java.time.Duration;
import java.util.Optional;

/**
 * Port: the changes of one map from a revision on, each once and in order, as {@link dev.nestmap.client.Watch} gives them.
 * All calls come from one thread but {@link #close}. Failures are {@link dev.nestmap.client.NestmapException}.
 */
interface Feed extends AutoCloseable {
    /**
     * Asks for a mark; the answer is an event with this number or a greater one, after all changes up to its revision, which
     * was the newest at some moment after this call. It may never come.
     */
    long requestProgress();

    /** The next event, if one comes within this time; empty then, and after close. */
    Optional<WatchEvent> poll(Duration longest);

    /** When anything came the last time, part of an event that is not complete too; {@link System#nanoTime}. */
    long lastHeardNanos();

    @Override
    void close();

    /** Port: opens feeds. */
    interface Source {
        /** The feed of changes from this revision on; 0: of the contents first. Sends nothing yet. */
        Feed open(long fromRevision);

        /** The newest revision, asked for now. */
        long newestRevision();
    }
}
