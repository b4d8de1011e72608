package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
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

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return lookup(spec, elements, key, Optional.empty());
    }

    /** Interface 0 clears the index. */
    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        Optional<Refusal> refusal = checkDenseUpdate(spec, key, flags)
                .or(() -> DevmapValues.checkProgram(spec, value));
        if (refusal.isPresent()) {
            return refusal;
        }
        if (DevmapValues.isNone(value)) {
            elements.remove(storedKey(key));
        } else {
            elements.put(storedKey(key), valueForm().stored(ProgramPart.asRead(value)));
        }
        return Optional.empty();
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return deleteIndex(spec, elements, key);
    }
}
