package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/**
 * BPF_MAP_TYPE_ARRAY and PERCPU_ARRAY (kernel/bpf/arraymap.c). Every index exists from the beginning and holds zeros; zeros
 * are not stored, so that equal arrays are equal trees.
 */
final class ArrayRules extends Indexed {
    private static final int FLAGS = MapFlags.ACCESS | MapFlags.PROGRAM_ACCESS | MapFlags.NUMA_NODE;
    private final ValueForm form;

    /** DATA_OR_NUMBERS or PER_CPU. */
    ArrayRules(ValueForm form) {
        this.form = form;
    }

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return form == ValueForm.PER_CPU
                ? check(AttributeCheck.of(spec).noNumaNode(), FLAGS)
                        .valueAtMost(PER_CPU_VALUE_LIMIT_BYTES, Errno.E2BIG)
                        .refusal()
                : check(AttributeCheck.of(spec), FLAGS | MapFlags.MMAPABLE | MapFlags.INNER_MAP)
                        .refusal();
    }

    @Override
    public Ownership ownership() {
        return form.ownership();
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.INDEX;
    }

    @Override
    public boolean holdsSpinLock() {
        return form != ValueForm.PER_CPU;
    }

    /** array_map_alloc_check. */
    static AttributeCheck check(AttributeCheck check, int flags) {
        return check.someEntries()
                .keySize(4)
                .someValue()
                .flags(flags)
                .valueAtMost(Integer.MAX_VALUE, Errno.E2BIG);
    }

    @Override
    public boolean templateFixesMaxEntries(int flags) {
        return form != ValueForm.PER_CPU && (flags & MapFlags.INNER_MAP) == 0;
    }

    @Override
    public ValueForm valueForm() {
        return form;
    }

    @Override
    public boolean isVerbatim() {
        return form != ValueForm.PER_CPU;
    }

    @Override
    public boolean isDense() {
        return true;
    }

    @Override
    public boolean supports(Batch verb) {
        return verb != Batch.DELETE;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return lookup(spec, elements, key,
                Optional.of(new Value.Data(Bytes.zeros(spec.valueSize()))));
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        Optional<Refusal> refusal = checkUpdate(spec, key, flags);
        if (refusal.isPresent()) {
            return refusal;
        }
        if (flags == UpdateFlags.NOEXIST) {
            return Refusals.of(Errno.EEXIST,
                    "update %s: every index of an array exists, so noexist never fits; use any or exist"
                            .formatted(spec.ref()));
        }
        Bytes stored = form.stored(value);
        // Of the per-CPU forms only "zero on all CPUs" is all zeros.
        if (stored.isZero()) {
            elements.remove(storedKey(key));
        } else {
            elements.put(storedKey(key), stored);
        }
        return Optional.empty();
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return Refusals.of(Errno.EINVAL,
                "delete from %s: elements of an array cannot be deleted; write zeros instead"
                        .formatted(spec.ref()));
    }
}
