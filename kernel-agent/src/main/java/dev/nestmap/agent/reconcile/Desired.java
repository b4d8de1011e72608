package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that the store wants on this node at one revision; complete, for parts of a snapshot are no desired state. Versions
 * share what did not change, so that comparing two costs what differs.
 *
 * @param maps by {@link #key}
 */
public record Desired(long revision, Tree<DesiredMap> maps) {
    /** Nothing, at revision 0: what is wanted before anything was heard. */
    public static final Desired NOTHING = new Desired(0, Tree.ofObjects());

    /** The key of a map in {@link #maps}: ordered as ids are. */
    public static Bytes key(long mapId) {
        return Bytes.u64be(mapId);
    }

    /** The map with an id, or null if it is not wanted here. */
    public @Nullable DesiredMap map(long mapId) {
        return maps.get(key(mapId));
    }

    /** The ids of the maps that came, went or changed from another version to this one. */
    SortedSet<Long> changedSince(Desired before) {
        SortedSet<Long> ids = new TreeSet<>();
        for (Change<DesiredMap> change : Tree.difference(before.maps, maps)) {
            ids.add(change.key().longBe(0));
        }
        return ids;
    }
}
