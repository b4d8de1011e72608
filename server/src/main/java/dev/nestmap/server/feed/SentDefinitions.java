package dev.nestmap.server.feed;

import dev.nestmap.model.state.MapState;
import java.util.HashSet;
import java.util.Set;

/**
 * Which definitions the receiver of a stream has. Elements change often and a definition may hold the types of a whole program, so
 * each goes over a stream once. Used by the thread of the stream.
 */
final class SentDefinitions {
    /** All that the receiver sees came over this stream: what was seen before needs no note, of which there may be many. */
    private final boolean fromNothing;
    private final Set<Long> sent = new HashSet<>();

    private SentDefinitions(boolean fromNothing) {
        this.fromNothing = fromNothing;
    }

    /** Of a stream that begins with all there is. */
    static SentDefinitions fromNothing() {
        return new SentDefinitions(true);
    }

    /** Of a stream whose receiver may know what was there before it, or not. */
    static SentDefinitions fromRevision() {
        return new SentDefinitions(false);
    }

    /** Whether the definition must be sent with a change of a map that is seen after it; it counts as sent then. */
    boolean isNew(MapStep step, MapState after) {
        boolean first = !fromNothing && sent.add(after.id());
        MapState before = step.before();
        return first || before == null || !before.spec().equals(after.spec());
    }

    /** The map is not seen any more. */
    void forget(long mapId) {
        sent.remove(mapId);
    }
}
