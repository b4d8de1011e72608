package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/**
 * BPF_MAP_TYPE_ARRAY (kernel/bpf/arraymap.c). Every index exists from the beginning and holds zeros; zeros are not stored, so
 * that equal arrays are equal trees.
 */
final class ArrayRules extends Indexed {
    private static final int FLAGS = MapFlags.NUMA_NODE | MapFlags.RDONLY | MapFlags.WRONLY
            | MapFlags.RDONLY_PROG
            | MapFlags.WRONLY_PROG | MapFlags.MMAPABLE | MapFlags.INNER_MAP;

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .keySize(4)
                .require(spec.valueSize() != 0, Errno.EINVAL,
                        "value_size is 0, at least 1 is needed")
                .flags(FLAGS)
                .require(spec.valueSize() > 0, Errno.E2BIG,
                        "value_size is %s, at most 2147483647 is possible"
                                .formatted(Integer.toUnsignedString(spec.valueSize())))
                .refusal();
    }

    @Override
    public boolean templateFixesMaxEntries(int flags) {
        return (flags & MapFlags.INNER_MAP) == 0;
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.DATA;
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
        if (Long.compareUnsigned(flags, UpdateFlags.EXIST) > 0) {
            return Refusals.unknownFlags(spec, flags);
        }
        if (!inRange(spec, key)) {
            return Refusals.outOfRange("update", spec, index(key), Errno.E2BIG);
        }
        if (flags == UpdateFlags.NOEXIST) {
            return Refusals.of(Errno.EEXIST,
                    "update %s: every index of an array exists, so noexist never fits; use any or exist"
                            .formatted(spec.ref()));
        }
        Bytes stored = valueForm().stored(value);
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
