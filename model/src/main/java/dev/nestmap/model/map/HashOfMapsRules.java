package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_HASH_OF_MAPS (htab_of_map_* in kernel/bpf/hashtab.c). */
final class HashOfMapsRules extends Hashed {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        AttributeCheck check = AttributeCheck.of(spec).valueSize(4);
        return checkSizes(checkFlags(check, 0), spec, 4).refusal();
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.NO_TYPES;
    }

    @Override
    public Optional<Refusal> checkAllocation(MapSpec spec) {
        return checkEntries(spec);
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.SLOT;
    }

    @Override
    public boolean supports(Batch verb) {
        return true;
    }

    /** The kernel looks at the inner map before the flags, unlike in an array of maps. */
    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return switch (InnerMaps.candidate(spec, value, maps)) {
            case Outcome.Refused<Value>(Refusal refusal) -> Optional.of(refusal);
            case Outcome.Done<Value>(Value slot) -> put(spec, elements, key, slot, flags);
        };
    }
}
