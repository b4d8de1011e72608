package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_DEVMAP (kernel/bpf/devmap.c). */
final class DevmapRules extends Indexed {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return DevmapValues.check(spec).refusal();
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
    public String expressions() {
        return DevmapValues.expressions();
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return lookup(spec, elements, key, Optional.empty());
    }

    /** The kernel refuses NOEXIST whether the index holds something or not. Interface 0 clears the index. */
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
                    "update %s: a devmap refuses noexist for every index; use any or exist"
                            .formatted(spec.ref()));
        }
        Optional<Refusal> program = DevmapValues.checkProgram(spec, value);
        if (program.isPresent()) {
            return program;
        }
        if (DevmapValues.isNone(value)) {
            elements.remove(storedKey(key));
        } else {
            elements.put(storedKey(key), valueForm().stored(DevmapValues.normalised(value)));
        }
        return Optional.empty();
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        if (!inRange(spec, key)) {
            return Refusals.outOfRange("delete from", spec, index(key), Errno.EINVAL);
        }
        elements.remove(storedKey(key));
        return Optional.empty();
    }
}
