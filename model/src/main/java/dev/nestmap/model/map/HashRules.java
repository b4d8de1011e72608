package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/**
 * BPF_MAP_TYPE_HASH, PERCPU_HASH, LRU_HASH and LRU_PERCPU_HASH (kernel/bpf/hashtab.c). The store evicts nothing: a new key in
 * a full LRU is refused, because which keys a kernel would drop is nothing that it promises.
 */
final class HashRules extends Hashed {
    /** What a kernel does when a map is full. */
    enum Full {
        /** It refuses new keys. */
        REFUSES,
        /** It drops those that were not used for the longest time. */
        EVICTS
    }

    private final ValueForm form;
    private final Full full;

    /** DATA_OR_NUMBERS or PER_CPU; EVICTS for the two LRU types. */
    HashRules(ValueForm form, Full full) {
        this.form = form;
        this.full = full;
    }

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        boolean perCpu = form == ValueForm.PER_CPU;
        boolean lru = evicts();
        boolean listForEachCpu = (spec.flags() & MapFlags.NO_COMMON_LRU) != 0;
        AttributeCheck check = checkFlags(AttributeCheck.of(spec),
                lru ? MapFlags.NO_COMMON_LRU : 0)
                .require(!lru || (spec.flags() & MapFlags.NO_PREALLOC) == 0, Errno.ENOTSUPP,
                        "flags 0x%x: an LRU allocates its elements beforehand; leave BPF_F_NO_PREALLOC (1) out"
                                .formatted(spec.flags()));
        return checkSizes(perCpu || listForEachCpu ? check.noNumaNode() : check, spec,
                perCpu ? PER_CPU_VALUE_LIMIT_BYTES : ELEMENT_LIMIT_BYTES).refusal();
    }

    @Override
    public boolean holdsSpinLock() {
        return form != ValueForm.PER_CPU && !evicts();
    }

    @Override
    public Ownership ownership() {
        return evicts() ? Ownership.SHARED : form.ownership();
    }

    @Override
    public boolean evicts() {
        return full == Full.EVICTS;
    }

    @Override
    public Optional<Refusal> checkAllocation(MapSpec spec) {
        return checkEntries(spec);
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
    public boolean supports(Batch verb) {
        return true;
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return put(spec, elements, key, value, flags);
    }

    @Override
    Optional<Refusal> full(MapSpec spec) {
        return evicts()
                ? Refusals.of(Errno.E2BIG,
                        ("update %s: the map is full (max_entries %d); the store evicts nothing, though a kernel would: delete an "
                                + "element first, or replace one that is there")
                                .formatted(spec.ref(), spec.capacity()))
                : Refusals.full(spec);
    }

    @Override
    public Outcome<Value> lookupAndDelete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        Outcome<Value> found = lookup(spec, elements, key);
        elements.remove(key);
        return found;
    }
}
