package dev.nestmap.client;

import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Changes as they are committed. Not written yet: ends at once. */
public final class Watch implements Iterator<WatchEvent>, AutoCloseable {
    private final WatchOptions what;

    Watch(WatchOptions what) {
        this.what = what;
    }

    /** Waits for the next event; false after close. */
    @Override
    public boolean hasNext() {
        return false;
    }

    @Override
    public WatchEvent next() {
        throw new NoSuchElementException(what.toString());
    }

    /** The next event, if one comes within this time; empty then, and after close. */
    public Optional<WatchEvent> poll(Duration longest) {
        return longest.isZero() && hasNext() ? Optional.of(next()) : Optional.empty();
    }

    /** Everything up to this revision was seen; a new watch from the next one continues without a gap. */
    public long revision() {
        return what.fromRevision();
    }

    /** Ends the watch, a waiting {@link #hasNext} too. */
    @Override
    public void close() {}
}
