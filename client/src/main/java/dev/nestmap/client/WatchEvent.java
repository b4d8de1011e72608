package dev.nestmap.client;

import java.util.List;

/**
 * All that happened up to a revision since the event before.
 *
 * @param revision everything up to it has now been seen
 * @param snapshot the changes are the complete state, replacing all that was seen before
 * @param coalesced changes of several revisions were merged, because the watcher lagged
 * @param changes to be applied in this order; a large map may come in several
 */
public record WatchEvent(
        long revision,
        boolean snapshot,
        boolean coalesced,
        List<MapChange> changes) {
    /** Copies the list. */
    public WatchEvent {
        changes = List.copyOf(changes);
    }
}
