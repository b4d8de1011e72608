package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Map;
import java.util.Optional;

/**
 * BPF_MAP_TYPE_BLOOM_FILTER (kernel/bpf/bloom_filter.c): update adds a value, lookup asks about one. The store holds the
 * values themselves, each once, so it never errs; it refuses more than max_entries, where the kernel would only err more
 * often. A value is stored as a key.
 */
final class BloomFilterRules implements TypeRules {
    private static final long VALUE_LIMIT_BYTES = 4_194_304;
    private static final long HASH_FUNCTIONS_LIMIT = 15;

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .valueAtMost(VALUE_LIMIT_BYTES, Errno.E2BIG)
                .keySize(0)
                .someValue()
                .someEntries()
                .flags(MapFlags.NUMA_NODE | MapFlags.ZERO_SEED | MapFlags.ACCESS
                        | MapFlags.PROGRAM_ACCESS)
                .require(
                        Long.compareUnsigned(spec.mapExtra(), HASH_FUNCTIONS_LIMIT) <= 0,
                        Errno.EINVAL,
                        "map_extra is %s, it is the number of hash functions, 1 to 15, or 0 for 5"
                                .formatted(Long.toUnsignedString(spec.mapExtra())))
                .refusal();
    }

    @Override
    public boolean takesMapExtra() {
        return true;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.NONE;
    }

    @Override
    public Ownership ownership() {
        return Ownership.SEED;
    }

    @Override
    public Bytes wireKey(Bytes storedKey) {
        return Bytes.empty();
    }

    @Override
    public Element element(MapSpec spec, Bytes storedKey, Bytes storedValue) {
        return new Element(Bytes.empty(), new Value.Data(storedKey));
    }

    @Override
    public Map.Entry<Bytes, Bytes> entry(Element element) {
        return Map.entry(valueForm().stored(element.value()), Bytes.empty());
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return Outcome.refused(Errno.EINVAL,
                "lookup %s: a bloom_filter is asked whether it has a value; give the value"
                        .formatted(spec.ref()));
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key, Bytes value) {
        return elements.containsKey(value)
                ? Outcome.done(new Value.Data(value))
                : Outcome.refused(Errno.ENOENT, "%s: the value %s was not added"
                        .formatted(spec.ref(), Refusals.brief(value)));
    }

    /** Whether it was added. */
    @Override
    public boolean holds(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            MapTable maps) {
        return elements.containsKey(valueForm().stored(value));
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        if (flags != UpdateFlags.ANY) {
            return Refusals.of(Errno.EINVAL,
                    "update %s: flags 0x%x: a bloom_filter takes any (0) only".formatted(spec.ref(),
                            flags));
        }
        Bytes added = valueForm().stored(value);
        if (!elements.containsKey(added) && elements.size() >= spec.capacity()) {
            return Refusals.of(Errno.E2BIG,
                    ("update %s: the filter has max_entries (%d) values; with more it would err more often than it was "
                            + "made for: create a larger one").formatted(spec.ref(),
                                    spec.capacity()));
        }
        elements.put(added, Bytes.empty());
        return Optional.empty();
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return Refusals.of(Errno.EOPNOTSUPP,
                "delete from %s: nothing can be taken out of a bloom_filter; create a new one"
                        .formatted(spec.ref()));
    }

    @Override
    public Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key) {
        return Outcome.refused(Errno.EOPNOTSUPP,
                "getnext %s: a bloom_filter has no keys".formatted(spec.ref()));
    }
}
