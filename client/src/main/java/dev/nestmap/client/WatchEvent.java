package dev.nestmap.client;

import java.util.List;

/**
 * All that happened up to a revision since the event before, or the answer to {@link Watch#requestProgress}.
 *
 * @param revision everything up to it has now been seen
 * @param snapshot the changes are the complete state, replacing all that was seen before
 * @param coalesced changes of several revisions were merged, because the watcher lagged
 * @param changes to be applied in this order; a large map may come in several
 * @param progressNonce not 0: there are no changes; the state at the revision was the newest at some moment after every call
 *        of {@link Watch#requestProgress} that gave this number or a lesser one
 */
public record WatchEvent(
        long revision,
        boolean snapshot,
        boolean coalesced,
        List<MapChange> changes,
        long progressNonce) {
    /** Copies the list. */
    public WatchEvent {
        changes = List.copyOf(changes);
    }

    /** Changes, or an empty snapshot. */
    public WatchEvent(long revision, boolean snapshot, boolean coalesced,
            List<MapChange> changes) {
        this(revision, snapshot, coalesced, changes, 0);
    }
}
