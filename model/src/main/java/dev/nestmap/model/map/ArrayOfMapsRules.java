package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_ARRAY_OF_MAPS (fd_array_map_* and array_of_map_* in kernel/bpf/arraymap.c). */
final class ArrayOfMapsRules extends Indexed {
    private static final int FLAGS = MapFlags.NUMA_NODE | MapFlags.RDONLY | MapFlags.WRONLY;

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec).valueSize(4).someEntries().keySize(4).flags(FLAGS).refusal();
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.NO_TYPES;
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.SLOT;
    }

    @Override
    public boolean supports(Batch verb) {
        return verb != Batch.DELETE;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return lookup(spec, elements, key, Optional.empty());
    }

    /** The kernel looks at flags, then at the index, then at the inner map. */
    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        if (flags != UpdateFlags.ANY) {
            return Refusals.of(Errno.EINVAL,
                    ("update %s: flags 0x%x: slots of an array_of_maps are written with any (0) only; "
                            + "noexist and exist are for hash_of_maps")
                            .formatted(spec.ref(), flags));
        }
        if (!inRange(spec, key)) {
            return Refusals.outOfRange("update", spec, index(key), Errno.E2BIG);
        }
        return switch (InnerMaps.candidate(spec, value, maps)) {
            case Outcome.Refused<Value>(Refusal refusal) -> Optional.of(refusal);
            case Outcome.Done<Value>(Value slot) -> {
                elements.put(storedKey(key), valueForm().stored(slot));
                yield Optional.empty();
            }
        };
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return deleteSlot(spec, elements, key);
    }
}
