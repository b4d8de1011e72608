package dev.nestmap.client.cache;

import java.time.Duration;

/**
 * How old answers may be and how much is held.
 *
 * @param staleness an answer was right at some moment not longer ago than this, counted from the beginning of the read,
 *     time in which the machine is suspended left out
 * @param limit how much is held; a {@link Mirror} holds all of a map whatever this says
 * @param maxEventBytes the largest change taken from the watch in one piece. Above it a cache drops what it holds and goes
 *     on, and a mirror sends its readers to the store and tries again five minutes later
 */
public record CacheOptions(Duration staleness, Limit limit, long maxEventBytes) {
    private static final Duration DEFAULT_STALENESS = Duration.ofSeconds(1);
    private static final long DEFAULT_ENTRIES = 100_000;
    private static final long DEFAULT_MAX_EVENT_BYTES = 256L << 20;

    /** How much is held. What was used least, by frequency and recency, is dropped above it. */
    public sealed interface Limit {
        /** So many keys, those counted that are known to be absent. */
        record Entries(long most) implements Limit {}

        /** So many bytes of memory, about: keys, encoded values and some 160 bytes for each. */
        record Bytes(long most) implements Limit {}
    }

    /** Checks the values. */
    public CacheOptions {
        if (!staleness.isPositive()) {
            throw new IllegalArgumentException(
                    "staleness: %s must be longer than nothing; read the map itself for the newest"
                            .formatted(staleness));
        }
        long most = switch (limit) {
            case Limit.Entries(long entries) -> entries;
            case Limit.Bytes(long bytes) -> bytes;
        };
        if (most < 1 || maxEventBytes < 1) {
            throw new IllegalArgumentException("limits must be above 0: %s, %d bytes an event"
                    .formatted(limit, maxEventBytes));
        }
    }

    /** At most one second old, at most 100,000 keys. */
    public static CacheOptions defaults() {
        return new CacheOptions(DEFAULT_STALENESS, new Limit.Entries(DEFAULT_ENTRIES),
                DEFAULT_MAX_EVENT_BYTES);
    }

    /** With another bound for the age of answers. */
    public CacheOptions withStaleness(Duration newStaleness) {
        return new CacheOptions(newStaleness, limit, maxEventBytes);
    }

    /** With so many keys at most. */
    public CacheOptions withMaxEntries(long entries) {
        return new CacheOptions(staleness, new Limit.Entries(entries), maxEventBytes);
    }

    /** With so many bytes at most. */
    public CacheOptions withMaxBytes(long bytes) {
        return new CacheOptions(staleness, new Limit.Bytes(bytes), maxEventBytes);
    }

    /** With another limit for one change. */
    public CacheOptions withMaxEventBytes(long bytes) {
        return new CacheOptions(staleness, limit, bytes);
    }
}
