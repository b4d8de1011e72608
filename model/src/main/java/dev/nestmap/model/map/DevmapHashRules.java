package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_DEVMAP_HASH (dev_map_hash_* in kernel/bpf/devmap.c). */
final class DevmapHashRules extends Hashed {
    private static final long ENTRIES_LIMIT = 1L << 31;

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return DevmapValues.check(spec)
                .require(spec.capacity() <= ENTRIES_LIMIT, Errno.EINVAL,
                        "max_entries is %d, at most %d is possible".formatted(spec.capacity(),
                                ENTRIES_LIMIT))
                .refusal();
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.NO_TYPES;
    }

    @Override
    public int shownFlags(int flags) {
        return DevmapValues.shownFlags(flags);
    }

    @Override
    public int creationFlags(int shownFlags) {
        return DevmapValues.creationFlags(shownFlags);
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.DATA_OR_EXPRESSION;
    }

    @Override
    public boolean takes(MapSpec spec, String shape) {
        return DevmapValues.takes(spec, shape);
    }

    @Override
    public String expressions(MapSpec spec) {
        return DevmapValues.expressions();
    }

    /** The kernel does not enforce EXIST here. */
    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        if (Long.compareUnsigned(flags, UpdateFlags.EXIST) > 0) {
            return Refusals.unknownFlags(spec, flags);
        }
        if (DevmapValues.isNone(value)) {
            return Refusals.of(Errno.EINVAL,
                    "update %s: interface 0 is none; delete the key instead".formatted(spec.ref()));
        }
        if (flags == UpdateFlags.NOEXIST && elements.containsKey(key)) {
            return Refusals.exists(spec, key);
        }
        return DevmapValues.checkProgram(spec, value)
                .or(() -> put(spec, elements, key, ProgramPart.asRead(value),
                        UpdateFlags.ANY));
    }
}
