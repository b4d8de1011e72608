package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which slots are to hold a map: the slots of all desired outer maps the other way round. Kept up by what changed, so that it costs
 * the change.
 *
 * @param slots nothing, by the ids of inner and outer map and the slot's key as the store holds it
 */
record Holders(Tree<Bytes> slots) {
    static final Holders NONE = new Holders(Tree.ofBytes());

    private static final int ID_BYTES = Long.BYTES;

    /** A slot of an outer map; the key as the store holds it. */
    record Place(long outerMapId, Bytes key) {}

    /** Those of a desired state, from the beginning. */
    static Holders of(Desired desired) {
        return NONE.advance(Desired.NOTHING, desired);
    }

    /** Those of the next desired state, from those of the one before. */
    Holders advance(Desired before, Desired after) {
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        for (Change<DesiredMap> change : Tree.difference(before.maps(), after.maps())) {
            Bytes outer = change.key();
            for (Change<Bytes> slot : Tree.difference(slots(change.before()),
                    slots(change.after()))) {
                Bytes held = slot.before();
                if (held != null) {
                    edits.put(held.concat(outer).concat(slot.key()), null);
                }
            }
            for (Change<Bytes> slot : Tree.difference(slots(change.before()),
                    slots(change.after()))) {
                Bytes holds = slot.after();
                if (holds != null) {
                    edits.put(holds.concat(outer).concat(slot.key()), Bytes.empty());
                }
            }
        }
        return edits.isEmpty() ? this : new Holders(slots.edit(edits));
    }

    static Tree<Bytes> slots(@Nullable DesiredMap map) {
        return map != null && map.spec().type().isOuter() ? map.elements() : Tree.ofBytes();
    }

    /** All slots that are to hold a map. */
    List<Place> places(long innerMapId) {
        List<Place> places = new ArrayList<>();
        Iterator<Entry<Bytes>> entries = slots.iteratorFrom(Bytes.u64be(innerMapId));
        while (entries.hasNext()) {
            Bytes key = entries.next().key();
            if (key.longBe(0) != innerMapId) {
                break;
            }
            places.add(new Place(key.longBe(ID_BYTES), key.slice(2 * ID_BYTES, key.size())));
        }
        return places;
    }

    /** The outer maps of which a slot is to hold a map; costs their number, not that of the slots. */
    SortedSet<Long> outers(long innerMapId) {
        SortedSet<Long> outers = new TreeSet<>();
        Bytes inner = Bytes.u64be(innerMapId);
        Bytes from = inner;
        while (true) {
            Iterator<Entry<Bytes>> entries = slots.iteratorFrom(from);
            if (!entries.hasNext()) {
                return outers;
            }
            Bytes key = entries.next().key();
            if (key.longBe(0) != innerMapId) {
                return outers;
            }
            long outer = key.longBe(ID_BYTES);
            outers.add(outer);
            from = inner.concat(Bytes.u64be(outer + 1));
        }
    }

    /** True where an outer map that is published sealed is to hold a map. */
    boolean isInSealed(long innerMapId, Desired desired) {
        return outers(innerMapId).stream().map(desired::map).anyMatch(Holders::isSealed);
    }

    static boolean isSealed(@Nullable DesiredMap outer) {
        return outer != null && outer.spec().publish() == Publish.SEALED;
    }
}
