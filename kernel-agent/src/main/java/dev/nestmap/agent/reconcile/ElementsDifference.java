package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Step.ExpressionElement;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.PackedDifference;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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
 * @param writes elements to write, in parts of bounded size; zeros where an array is to lose one
 * @param expressions elements to write whose values hold descriptors of this host
 * @param slots slots to set
 * @param deletes keys to delete, as system calls take them
 * @param deletesFirst there is no room for all that is written before something is deleted
 * @param after what the map holds when this is done
 * @param unresolved values that mean nothing on this host now, each as a sentence that says why
 * @param innersNotReady maps that slots are to hold and that are not in the kernel as they should be
 */
record ElementsDifference(
        List<List<KernelElement>> writes,
        List<ExpressionElement> expressions,
        List<SlotChange> slots,
        List<Bytes> deletes,
        boolean deletesFirst,
        Contents after,
        SortedSet<String> unresolved,
        SortedSet<Long> innersNotReady) {
    static final Contents EMPTY = new Contents(Tree.ofBytes(), new TreeMap<>(), 0);
    /** Trees hold larger values by reference, and so does a difference. */
    private static final int PACKED_VALUE_MAX_BYTES = 256;

    /** Compares what a map holds with what is desired. */
    static ElementsDifference of(DesiredMap map, Contents contents, HostNumbers numbers,
            LongPredicate innerIsReady) {
        Builder builder = new Builder(map,
                Expressions.withoutOutdated(map.spec(), contents, numbers), numbers, innerIsReady);
        return switch (map.spec().ownership()) {
            case EXCLUSIVE, SHARED -> builder.compare();
            // What the map began with was written when it was created; the rest is made by programs.
            case SEED, OBSERVED -> builder.build();
        };
    }

    /** What a map begins with whose contents are written once, in the order in which they were pushed. */
    static List<KernelElement> seed(DesiredMap map, HostNumbers numbers) {
        List<KernelElement> seed = new ArrayList<>();
        map.elements().forEach(entry -> {
            Bytes key = map.spec().keySize() == 0
                    ? Bytes.empty()
                    : StoredElements.wireKey(map.spec(), entry.key());
            switch (StoredElements.element(map.spec(), entry.key(), entry.value()).value()) {
                case Value.Data(Bytes bytes) -> seed.add(new KernelElement(key,
                        KernelValues.forAll(map.spec(), bytes, numbers.possibleCpus())));
                case Value.PerCpu(List<Bytes> values) ->
                    seed.add(new KernelElement(key, KernelValues.forEach(map.spec(), values)));
                case Value.Slot _,Value.Expression _ -> throw new IllegalStateException(
                        "no map with such elements is a seed: " + map.spec().ref());
            }
        });
        return seed;
    }

    /** Why a map whose contents are written once cannot be made here; empty where it can. */
    static Optional<String> seedProblem(DesiredMap map, HostNumbers numbers) {
        if (!MapRules.isPerCpu(map.spec().type())) {
            return Optional.empty();
        }
        for (Entry<Bytes> entry : map.elements()) {
            if (StoredElements.element(map.spec(), entry.key(), entry.value())
                    .value() instanceof Value.PerCpu(List<Bytes> values)
                    && values.size() != numbers.possibleCpus()) {
                return Optional.of(
                        "it is not made, because it is written only once (ownership seed), and key %s has %d values, this host has %d possible CPUs"
                                .formatted(StoredElements.wireKey(map.spec(), entry.key()),
                                        values.size(), numbers.possibleCpus()));
            }
        }
        return Optional.empty();
    }

    boolean isNothing() {
        return writes.isEmpty() && expressions.isEmpty() && slots.isEmpty() && deletes.isEmpty();
    }

    private static final class Builder {
        private final DesiredMap map;
        private final MapSpec spec;
        private final Contents base;
        private final HostNumbers numbers;
        private final LongPredicate innerIsReady;
        private final SortedMap<String, Integer> resolved;
        private final WriteChunks writes;
        private final List<ExpressionElement> expressions = new ArrayList<>();
        private final List<SlotChange> slots = new ArrayList<>();
        private final List<Bytes> deletes = new ArrayList<>();
        private final SortedSet<String> unresolved = new TreeSet<>();
        private final SortedSet<Long> innersNotReady = new TreeSet<>();
        /** Under the keys that stay as they are, what they hold; null for nothing. */
        private final TreeMap<Bytes, @Nullable Bytes> left = new TreeMap<>();
        private long added;

        Builder(DesiredMap map, Contents base, HostNumbers numbers, LongPredicate innerIsReady) {
            this.map = map;
            this.spec = map.spec();
            this.base = base;
            this.numbers = numbers;
            this.innerIsReady = innerIsReady;
            this.resolved = new TreeMap<>(base.resolved());
            this.writes = new WriteChunks(spec);
        }

        ElementsDifference compare() {
            if (StoredElements.areVerbatim(spec.type())
                    && spec.valueSize() <= PACKED_VALUE_MAX_BYTES) {
                comparePacked();
                return build();
            }
            for (Change<Bytes> change : Tree.difference(base.elements(), map.elements())) {
                add(change);
            }
            return build();
        }

        /** The same without an object for each element, but for expressions. */
        private void comparePacked() {
            boolean takesNumbers = MapRules.takesNumbers(spec);
            PackedDifference changes = new PackedDifference(base.elements(), map.elements());
            while (changes.next()) {
                if (changes.isRemoved()) {
                    remove(StoredElements.wireKey(spec, changes.key()));
                } else if (takesNumbers && changes.valueSizeBytes() != spec.valueSize()) {
                    add(changes.change());
                } else {
                    writes.add(changes);
                    added += changes.isAdded() ? 1 : 0;
                }
            }
        }

        private void add(Change<Bytes> change) {
            Bytes after = change.after();
            if (after == null) {
                remove(StoredElements.wireKey(spec, change.key()));
                return;
            }
            var element = StoredElements.element(spec, change.key(), after);
            switch (element.value()) {
                case Value.Data(Bytes bytes) -> write(change, element.key(),
                        KernelValues.forAll(spec, bytes, numbers.possibleCpus()));
                case Value.PerCpu(List<Bytes> values) -> writeEach(change, element.key(), values);
                case Value.Slot _ -> set(change, element.key(), StoredElements.slotMapId(after));
                case Value.Expression(String text) -> resolve(change, element.key(), text);
            }
        }

        private void remove(Bytes key) {
            if (MapRules.isDense(spec.type())) {
                writes.add(new KernelElement(key,
                        Bytes.zeros(KernelValues.width(spec, numbers.possibleCpus()))));
            } else {
                deletes.add(key);
            }
        }

        private void write(Change<Bytes> change, Bytes key, Bytes value) {
            KernelElement element = new KernelElement(key, value);
            // Values of all CPUs that are equal are read back as one.
            if (!MapRules.isPerCpu(spec.type()) || differs(change, element)) {
                writes.add(element);
                added += change.before() == null ? 1 : 0;
            }
        }

        private void writeEach(Change<Bytes> change, Bytes key, List<Bytes> values) {
            if (values.size() == numbers.possibleCpus()) {
                write(change, key, KernelValues.forEach(spec, values));
            } else {
                leave(change, "key %s has %d values, this host has %d possible CPUs".formatted(key,
                        values.size(), numbers.possibleCpus()));
            }
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
            List<NodeExpression.Term> terms = Expressions.terms(text);
            Optional<Bytes> value = Expressions.value(spec, terms, numbers);
            if (value.isEmpty()) {
                switch (spec.unresolved()) {
                    case KEEP -> leave(change, Expressions.problem(text, numbers));
                    case EMPTY -> empty(change, key, Expressions.problem(text, numbers));
                }
                return;
            }
            terms.forEach(term -> resolved.put(term.toString(),
                    numbers.numberOf(term).orElseThrow()));
            KernelElement element = new KernelElement(key, value.get());
            if (!differs(change, element)) {
                return;
            }
            if (terms.stream().anyMatch(Expressions::needsDescriptor)) {
                expressions.add(new ExpressionElement(key, terms));
            } else {
                writes.add(element);
            }
            added += change.before() == null ? 1 : 0;
        }

        private boolean differs(Change<Bytes> change, KernelElement element) {
            return !Objects.equals(KernelValues.stored(spec, element), change.before());
        }

        private void empty(Change<Bytes> change, Bytes key, String why) {
            unresolved.add(why);
            left.put(change.key(), null);
            if (change.before() != null) {
                remove(key);
            }
        }

        private void leave(Change<Bytes> change, String why) {
            unresolved.add(why);
            left.put(change.key(), change.before());
        }

        ElementsDifference build() {
            // From the desired elements, not from those held: then the two share structure, and the next comparison is cheap.
            Tree<Bytes> after = map.elements().edit(left);
            boolean deletesFirst = base.elements().size() + base.foreign() + added > spec
                    .capacity();
            return new ElementsDifference(writes.chunks(), expressions, slots, deletes,
                    deletesFirst, new Contents(after, resolved, base.foreign()), unresolved,
                    innersNotReady);
        }
    }
}
