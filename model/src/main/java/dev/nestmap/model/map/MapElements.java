package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.SpinLock;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Tree;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The elements of one map while operations run on it: the checks that all types share, in the order of kernel/bpf/syscall.c,
 * then the type's own. Not safe for threads. The tree it started from never changes.
 */
public final class MapElements {
    private final MapSpec spec;
    private final TypeRules rules;
    private final boolean frozen;
    private final Draft<Bytes> elements;

    /** Starts from a version of the elements. */
    public MapElements(MapSpec spec, boolean frozen, Tree<Bytes> elements) {
        this.spec = spec;
        this.rules = MapRules.of(spec.type());
        this.frozen = frozen;
        this.elements = elements.draft();
    }

    /** The elements with all that was done. */
    public Tree<Bytes> build() {
        return elements.build();
    }

    /** BPF_MAP_LOOKUP_ELEM. */
    public Outcome<Value> lookup(Bytes key, long flags) {
        Optional<Refusal> refusal = OwnershipRules.checkContents("lookup", spec)
                .or(() -> checkReadFlags("lookup", flags))
                .or(() -> checkLock("lookup", flags))
                .or(() -> checkKey("lookup", key));
        return refusal.isPresent()
                ? new Outcome.Refused<>(refusal.get())
                : rules.lookup(spec, elements, key);
    }

    /** BPF_MAP_LOOKUP_ELEM where the value goes in: whether a bloom filter has it. */
    public Outcome<Value> lookup(Bytes key, Bytes value, long flags) {
        Optional<Refusal> refusal = OwnershipRules.checkContents("lookup", spec)
                .or(() -> checkReadFlags("lookup", flags))
                .or(() -> checkLock("lookup", flags))
                .or(() -> checkKey("lookup", key))
                .or(() -> checkSize("lookup", value));
        return refusal.isPresent()
                ? new Outcome.Refused<>(refusal.get())
                : rules.lookup(spec, elements, key, value);
    }

    /** Whether there is an element under this very key, as {@link #checkCompare(Bytes)} has found askable. */
    public boolean has(Bytes key) {
        return rules.exact(spec, elements, key) instanceof Outcome.Done;
    }

    /**
     * Whether the element under this very key has a value, which is compared in the form that an update would give it; in a
     * BLOOM_FILTER, whether it was added. Called after {@link #checkCompare(Bytes, Value)}.
     */
    public boolean has(Bytes key, Value value, MapTable maps) {
        return rules.holds(spec, elements, key, withoutLock(value), maps);
    }

    /** Why it makes no sense to ask whether there is an element under a key. */
    public Optional<Refusal> checkCompare(Bytes key) {
        return spec.type() == MapType.BLOOM_FILTER
                ? Refusals.of(Errno.EINVAL,
                        "txn: compare %s: a bloom_filter has no keys; compare whether it has a value (equals)"
                                .formatted(spec.ref()))
                : checkKey("txn: compare", key);
    }

    /** Why no element can have this key or value. */
    public Optional<Refusal> checkCompare(Bytes key, Value value) {
        return checkKey("txn: compare", key).or(() -> checkValue(spec, rules, value)
                .map(refusal -> new Refusal(refusal.errno(),
                        "txn: a comparison with what cannot be written: " + refusal.rule())));
    }

    /** BPF_MAP_UPDATE_ELEM. */
    public Optional<Refusal> update(Bytes key, Value value, long flags, MapTable maps) {
        return OwnershipRules.checkContents("update", spec)
                .or(() -> checkWritable("update"))
                .or(() -> checkLock("update", flags))
                .or(() -> checkKey("update", key))
                .or(() -> checkValue(spec, rules, value))
                .or(() -> rules.update(spec, elements, key, withoutLock(value),
                        flags & ~UpdateFlags.LOCK, maps));
    }

    private Value withoutLock(Value value) {
        return withoutLock(spec, value);
    }

    /** A value as a map holds it: the kernel takes no lock from user space and shows none, its bytes are zeros. */
    public static Value withoutLock(MapSpec spec, Value value) {
        if (spec.spinLock().isEmpty() || !(value instanceof Value.Data(Bytes bytes))
                || bytes.size() != spec.valueSize()) {
            return value;
        }
        byte[] unlocked = bytes.toByteArray();
        int from = spec.spinLock().getAsInt();
        Arrays.fill(unlocked, from, from + SpinLock.SIZE_BYTES, (byte) 0);
        return new Value.Data(Bytes.wrap(unlocked));
    }

    /** BPF_MAP_DELETE_ELEM. */
    public Optional<Refusal> delete(Bytes key) {
        return OwnershipRules.checkContents("delete from", spec)
                .or(() -> checkWritable("delete from"))
                .or(() -> checkKey("delete from", key))
                .or(() -> rules.delete(spec, elements, key));
    }

    /** BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
    public Outcome<Value> lookupAndDelete(Bytes key, long flags) {
        String verb = "lookup and delete";
        Optional<Refusal> refusal = OwnershipRules.checkContents(verb, spec)
                .or(() -> checkReadFlags(verb, flags))
                .or(() -> checkWritable(verb))
                .or(() -> checkLock(verb, flags))
                .or(() -> checkKey(verb, key));
        return refusal.isPresent()
                ? new Outcome.Refused<>(refusal.get())
                : rules.lookupAndDelete(spec, elements, key);
    }

    /** BPF_MAP_GET_NEXT_KEY. */
    public Outcome<Bytes> nextKey(Optional<Bytes> key) {
        Optional<Refusal> refusal = OwnershipRules.checkContents("getnext", spec)
                .or(() -> key.flatMap(k -> checkKey("getnext", k)));
        return refusal.isPresent()
                ? new Outcome.Refused<>(refusal.get())
                : rules.nextKey(spec, elements, key);
    }

    /** What stands before the first element of a BPF_MAP_UPDATE_BATCH. */
    public Optional<Refusal> checkUpdateBatch(long elemFlags) {
        return checkWriteBatch("update", TypeRules.Batch.UPDATE, elemFlags);
    }

    /** What stands before the first element of a BPF_MAP_DELETE_BATCH. */
    public Optional<Refusal> checkDeleteBatch(long elemFlags) {
        return checkWriteBatch("delete from", TypeRules.Batch.DELETE, elemFlags);
    }

    /** What stands before the first element of a BPF_MAP_LOOKUP_BATCH. */
    public Optional<Refusal> checkLookupBatch(long elemFlags) {
        return OwnershipRules.checkContents("lookup batch", spec)
                .or(() -> !rules.supports(TypeRules.Batch.LOOKUP)
                        ? Optional.of(Refusals.noSuchVerb("lookup batch", spec))
                        : checkBatchFlags("lookup", elemFlags));
    }

    private Optional<Refusal> checkWriteBatch(String verb, TypeRules.Batch batch, long elemFlags) {
        return OwnershipRules.checkContents(verb + " batch", spec)
                .or(() -> checkWritable(verb))
                .or(() -> rules.supports(batch)
                        ? checkBatchFlags(verb, elemFlags)
                        : Optional.of(Refusals.noSuchVerb(verb + " batch", spec)));
    }

    private Optional<Refusal> checkBatchFlags(String verb, long elemFlags) {
        if ((elemFlags & ~UpdateFlags.LOCK) != 0) {
            return Refusals.of(Errno.EINVAL,
                    ("%s batch %s: elem_flags 0x%x: batches take no noexist and no exist; use single calls "
                            + "or a transaction").formatted(verb, spec.ref(), elemFlags));
        }
        return checkLock(verb + " batch", elemFlags);
    }

    private Optional<Refusal> checkReadFlags(String verb, long flags) {
        return (flags & ~UpdateFlags.LOCK) == 0
                ? Optional.empty()
                : Refusals.of(Errno.EINVAL,
                        "%s %s: flags 0x%x: only 0 is possible".formatted(verb, spec.ref(), flags));
    }

    private Optional<Refusal> checkWritable(String verb) {
        return frozen
                ? Refusals.of(Errno.EPERM,
                        "%s %s: the map is frozen; nobody can change it any more, create another"
                                .formatted(verb, spec.ref()))
                : Optional.empty();
    }

    private Optional<Refusal> checkLock(String verb, long flags) {
        return (flags & UpdateFlags.LOCK) == 0 || spec.spinLock().isPresent()
                ? Optional.empty()
                : Refusals.of(Errno.EINVAL,
                        "%s %s: BPF_F_LOCK (4) needs a spin lock in the value, and there is none"
                                .formatted(verb, spec.ref()));
    }

    private Optional<Refusal> checkKey(String verb, Bytes key) {
        return key.size() == spec.keySize()
                ? Optional.empty()
                : Refusals.of(Errno.EINVAL,
                        "%s %s: key is %d bytes, the map has key_size %d%s".formatted(verb,
                                spec.ref(), key.size(), spec.keySize(),
                                Refusals.notOursEither(spec)));
    }

    private Optional<Refusal> checkSize(String verb, Bytes value) {
        return checkSize(verb, spec, value);
    }

    private static Optional<Refusal> checkSize(String verb, MapSpec spec, Bytes value) {
        return value.size() == spec.valueSize()
                ? Optional.empty()
                : Refusals.of(Errno.EINVAL,
                        "%s %s: value is %d bytes, the map has value_size %s%s".formatted(verb,
                                spec.ref(), value.size(),
                                Integer.toUnsignedString(spec.valueSize()),
                                Refusals.notOursEither(spec)));
    }

    /** The sizes of a value and whether the type takes its kind. */
    static Optional<Refusal> checkValue(MapSpec spec, TypeRules rules, Value value) {
        ValueForm form = rules.valueForm();
        return switch (value) {
            case Value.Data(Bytes bytes) -> form == ValueForm.SLOT
                    ? Optional.empty()
                    : checkSize("update", spec, bytes);
            case Value.PerCpu(List<Bytes> values) -> form == ValueForm.PER_CPU
                    ? checkPerCpu(spec, values)
                    : Refusals.of(Errno.EINVAL,
                            "update %s: %s has one value for all CPUs, not one for each"
                                    .formatted(spec.ref(), spec.type().one()));
            case Value.Slot _ -> form == ValueForm.SLOT
                    ? Optional.empty()
                    : Refusals.of(Errno.EINVAL,
                            ("update %s: the value is a map, but only slots of array_of_maps and hash_of_maps "
                                    + "hold maps; this is %s")
                                    .formatted(spec.ref(), spec.type().one()));
            case Value.Expression(String text) -> checkExpression(spec, rules, text);
        };
    }

    private static Optional<Refusal> checkPerCpu(MapSpec spec, List<Bytes> values) {
        if (values.isEmpty()) {
            return Refusals.of(Errno.EINVAL,
                    "update %s: no values; give one for all CPUs, or one for each possible CPU"
                            .formatted(spec.ref()));
        }
        for (Bytes value : values) {
            Optional<Refusal> refusal = checkSize("update", spec, value);
            if (refusal.isPresent()) {
                return refusal;
            }
        }
        long sizeBytes = (long) values.size() * spec.valueSize();
        return sizeBytes <= MapRules.ELEMENT_PART_LIMIT_BYTES
                ? Optional.empty()
                : Refusals.of(Errno.E2BIG,
                        "update %s: %d values of %d bytes are %d bytes, the store holds up to %d for one key"
                                .formatted(spec.ref(), values.size(), spec.valueSize(), sizeBytes,
                                        MapRules.ELEMENT_PART_LIMIT_BYTES));
    }

    private static Optional<Refusal> checkExpression(MapSpec spec, TypeRules rules, String text) {
        Optional<String> tooLong = NodeExpression.tooLong(text);
        if (tooLong.isPresent()) {
            return Refusals.of(Errno.EINVAL,
                    "update %s: %s".formatted(spec.ref(), tooLong.get()));
        }
        String shapes = rules.expressions(spec);
        if (shapes.isEmpty()) {
            return Refusals.of(Errno.EINVAL, "update %s: %s takes no node expression (%s)%s"
                    .formatted(spec.ref(), spec.type().one(), text, NumberValues.why(spec)));
        }
        return NodeExpression.parse(text)
                .filter(expression -> rules.takes(spec, expression.shape()))
                .isPresent()
                        ? Optional.empty()
                        : Refusals.of(Errno.EINVAL,
                                "update %s: \"%s\" is no node expression for %s; write %s"
                                        .formatted(
                                                spec.ref(), text, spec.type().one(),
                                                shapes));
    }
}
