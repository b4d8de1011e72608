package dev.nestmap.client;

import java.time.Duration;

/**
 * What to watch.
 *
 * @param namespace only this namespace; empty: all
 * @param mapId only this map; 0: all of the namespace
 * @param fromRevision the first change wanted has this revision; 0: a snapshot of what there is, then what follows
 * @param patience how long it goes on without hearing from any member before it throws
 * @param maxEventBytes the largest event put together from the chunks of the wire; above it the watch ends
 */
public record WatchOptions(
        String namespace,
        long mapId,
        long fromRevision,
        Duration patience,
        long maxEventBytes) {
    private static final Duration DEFAULT_PATIENCE = Duration.ofMinutes(1);
    private static final long DEFAULT_MAX_EVENT_BYTES = 256L << 20;

    /** All maps of all namespaces, from a snapshot on. */
    public static WatchOptions everything() {
        return namespace("");
    }

    /** All maps of a namespace, from a snapshot on. */
    public static WatchOptions namespace(String namespace) {
        return new WatchOptions(namespace, 0, 0, DEFAULT_PATIENCE, DEFAULT_MAX_EVENT_BYTES);
    }

    /** One map, from a snapshot on. */
    public static WatchOptions map(long mapId) {
        return new WatchOptions("", mapId, 0, DEFAULT_PATIENCE, DEFAULT_MAX_EVENT_BYTES);
    }

    /** From a revision on instead of from a snapshot. */
    public WatchOptions withFromRevision(long revision) {
        return new WatchOptions(namespace, mapId, revision, patience, maxEventBytes);
    }

    /** With another patience. */
    public WatchOptions withPatience(Duration newPatience) {
        return new WatchOptions(namespace, mapId, fromRevision, newPatience, maxEventBytes);
    }

    /** With another limit for one event. */
    public WatchOptions withMaxEventBytes(long newMaxEventBytes) {
        return new WatchOptions(namespace, mapId, fromRevision, patience, newMaxEventBytes);
    }
}
