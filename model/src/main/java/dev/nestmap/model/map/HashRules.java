package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_HASH (kernel/bpf/hashtab.c). */
final class HashRules extends Hashed {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return check(AttributeCheck.of(spec), spec).refusal();
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.DATA;
    }

    @Override
    public boolean supports(Batch verb) {
        return true;
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return put(spec, elements, key, value, flags);
    }

    @Override
    public Outcome<Value> lookupAndDelete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        Outcome<Value> found = lookup(spec, elements, key);
        elements.remove(key);
        return found;
    }
}
