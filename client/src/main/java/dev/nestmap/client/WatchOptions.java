package dev.nestmap.client;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import java.time.Duration;
import java.util.Optional;

/**
 * What to watch.
 *
 * @param namespace only this namespace; empty: all
 * @param map only this map, looked up once, when the watch begins (ENOENT); empty: all of the namespace
 * @param keyFrom with a map: only keys from this one on, in the order of dumps; empty: from the first
 * @param keyTo with a map: only keys below this one; empty: to the last. EINVAL where nothing is between, or a size is wrong
 * @param previousValues fill {@link MapChange#previous}
 * @param fromRevision the first change wanted has this revision; 0: a snapshot of what there is, then what follows
 * @param patience how long it goes on without hearing from any member before it throws
 * @param maxEventBytes the largest event put together from the chunks of the wire; above it the watch ends
 */
public record WatchOptions(
        String namespace,
        Optional<MapRef> map,
        Bytes keyFrom,
        Bytes keyTo,
        boolean previousValues,
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
        return new WatchOptions(namespace, Optional.empty(), Bytes.empty(), Bytes.empty(), false, 0,
                DEFAULT_PATIENCE, DEFAULT_MAX_EVENT_BYTES);
    }

    /** One map, from a snapshot on; a map that is not there shows nothing. */
    public static WatchOptions map(long mapId) {
        return map(new MapRef.ById(mapId));
    }

    /** One map, from a snapshot on. */
    public static WatchOptions map(MapRef map) {
        return new WatchOptions("", Optional.of(map), Bytes.empty(), Bytes.empty(), false, 0,
                DEFAULT_PATIENCE, DEFAULT_MAX_EVENT_BYTES);
    }

    /** Only keys from one on (itself included) and below another; empty: without this bound. */
    public WatchOptions withKeys(Bytes from, Bytes to) {
        return new WatchOptions(namespace, map, from, to, previousValues, fromRevision, patience,
                maxEventBytes);
    }

    /** With the elements as they were before each change. */
    public WatchOptions withPreviousValues() {
        return new WatchOptions(namespace, map, keyFrom, keyTo, true, fromRevision, patience,
                maxEventBytes);
    }

    /** From a revision on instead of from a snapshot. */
    public WatchOptions withFromRevision(long revision) {
        return new WatchOptions(namespace, map, keyFrom, keyTo, previousValues, revision, patience,
                maxEventBytes);
    }

    /** With another patience. */
    public WatchOptions withPatience(Duration newPatience) {
        return new WatchOptions(namespace, map, keyFrom, keyTo, previousValues, fromRevision,
                newPatience, maxEventBytes);
    }

    /** With another limit for one event. */
    public WatchOptions withMaxEventBytes(long newMaxEventBytes) {
        return new WatchOptions(namespace, map, keyFrom, keyTo, previousValues, fromRevision,
                patience, newMaxEventBytes);
    }
}
