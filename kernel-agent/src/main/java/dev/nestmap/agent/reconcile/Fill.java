package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What brings the contents of one map to what is desired; costs the number of elements that differ. What cannot be done now
 * (an interface that is not there, an inner map that is not ready) stays as it is in the kernel, is named, and still differs
 * the next time.
 *
 * @param writes elements to write; zeros where an array is to lose one
 * @param slots slots to set
 * @param deletes keys to delete, as system calls take them
 * @param deletesFirst there is no room for all that is written before something is deleted
 * @param after what the map holds when this is done
 * @param unresolved expressions that give no value on this host now
 * @param innersNotReady maps that slots are to hold and that are not in the kernel as they should be
 */
record Fill(
        List<KernelElement> writes,
        List<SlotChange> slots,
        List<Bytes> deletes,
        boolean deletesFirst,
        Contents after,
        SortedSet<String> unresolved,
        SortedSet<Long> innersNotReady) {
    static final Contents EMPTY = new Contents(Tree.ofBytes(), new TreeMap<>());

    /** Compares what a map holds with what is desired. */
    static Fill of(DesiredMap map, Contents contents, InterfaceIndexes indexes,
            LongPredicate innerIsReady) {
        Contents base = Expressions.withoutOutdated(map.spec(), contents, indexes);
        Builder builder = new Builder(map, base, indexes, innerIsReady);
        for (Change<Bytes> change : Tree.difference(base.elements(), map.elements())) {
            builder.add(change);
        }
        return builder.build();
    }

    boolean isNothing() {
        return writes.isEmpty() && slots.isEmpty() && deletes.isEmpty();
    }

    private static final class Builder {
        private final DesiredMap map;
        private final MapSpec spec;
        private final Contents base;
        private final InterfaceIndexes indexes;
        private final LongPredicate innerIsReady;
        private final SortedMap<String, Integer> interfaces;
        private final List<KernelElement> writes = new ArrayList<>();
        private final List<SlotChange> slots = new ArrayList<>();
        private final List<Bytes> deletes = new ArrayList<>();
        private final SortedSet<String> unresolved = new TreeSet<>();
        private final SortedSet<Long> innersNotReady = new TreeSet<>();
        /** Under the keys that stay as they are, what they hold; null for nothing. */
        private final TreeMap<Bytes, @Nullable Bytes> left = new TreeMap<>();
        private long added;

        Builder(DesiredMap map, Contents base, InterfaceIndexes indexes,
                LongPredicate innerIsReady) {
            this.map = map;
            this.spec = map.spec();
            this.base = base;
            this.indexes = indexes;
            this.innerIsReady = innerIsReady;
            this.interfaces = new TreeMap<>(base.interfaces());
        }

        void add(Change<Bytes> change) {
            Bytes key = MapElements.wireKey(spec, change.key());
            Bytes after = change.after();
            if (after == null) {
                remove(key);
                return;
            }
            switch (MapElements.element(spec, change.key(), after).value()) {
                case Value.Data(Bytes bytes) -> write(change, new KernelElement(key, bytes));
                case Value.Slot _ -> set(change, key, MapElements.slotMapId(after));
                case Value.Expression(String text) -> resolve(change, key, text);
                case Value.PerCpu _ -> throw new IllegalStateException("not held here");
            }
        }

        private void remove(Bytes key) {
            if (MapRules.isDense(spec.type())) {
                writes.add(new KernelElement(key, Bytes.zeros(spec.valueSize())));
            } else {
                deletes.add(key);
            }
        }

        private void write(Change<Bytes> change, KernelElement element) {
            writes.add(element);
            added += change.before() == null ? 1 : 0;
        }

        private void set(Change<Bytes> change, Bytes key, long innerMapId) {
            if (innerIsReady.test(innerMapId)) {
                slots.add(new SlotChange(key, innerMapId));
                added += change.before() == null ? 1 : 0;
            } else {
                innersNotReady.add(innerMapId);
                // Not the id that is there: that map may be released and come back as another before this slot is written.
                left.put(change.key(), change.before() == null ? null : OpenMaps.UNKNOWN_SLOT);
            }
        }

        private void resolve(Change<Bytes> change, Bytes key, String text) {
            String name = Expressions.interfaceName(text);
            OptionalInt index = name == null ? OptionalInt.empty() : indexes.indexOf(name);
            if (name == null || index.isEmpty()) {
                unresolved.add(text);
                left.put(change.key(), change.before());
                return;
            }
            KernelElement element = new KernelElement(key,
                    Expressions.value(spec, index.getAsInt()));
            interfaces.put(name, index.getAsInt());
            if (!Objects.equals(Expressions.stored(spec, element), change.before())) {
                write(change, element);
            }
        }

        Fill build() {
            // From the desired elements, not from those held: then the two share structure, and the next comparison is cheap.
            Tree<Bytes> after = map.elements().edit(left);
            boolean deletesFirst = base.elements().size() + added > spec.capacity();
            return new Fill(writes, slots, deletes, deletesFirst, new Contents(after, interfaces),
                    unresolved,
                    innersNotReady);
        }
    }
}
