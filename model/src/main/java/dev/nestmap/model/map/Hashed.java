package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** What the types with a hash table share: kernel/bpf/hashtab.c, and dev_map_hash_* in devmap.c. */
abstract class Hashed implements TypeRules {
    /** KMALLOC_MAX_SIZE less the kernel's own part of an element. */
    static final long ELEMENT_LIMIT_BYTES = 4_194_255;
    /** Above, the number of buckets overflows. */
    private static final long ENTRIES_LIMIT = 1L << 28;

    /** The first half of htab_map_alloc_check. */
    static AttributeCheck checkFlags(AttributeCheck check, int moreFlags) {
        return check.flags(MapFlags.NO_PREALLOC | MapFlags.NUMA_NODE | MapFlags.ACCESS
                | MapFlags.ZERO_SEED | MapFlags.PROGRAM_ACCESS | moreFlags);
    }

    /** The second half of htab_map_alloc_check. */
    static AttributeCheck checkSizes(AttributeCheck check, MapSpec spec, long valueLimitBytes) {
        long elementBytes = Integer.toUnsignedLong(spec.keySize())
                + Integer.toUnsignedLong(spec.valueSize());
        return check.someEntries()
                .require(spec.keySize() != 0, Errno.EINVAL, "key_size is 0, at least 1 is needed")
                .someValue()
                .require(elementBytes <= ELEMENT_LIMIT_BYTES, Errno.E2BIG,
                        "key_size + value_size is %d, at most %d is possible"
                                .formatted(elementBytes, ELEMENT_LIMIT_BYTES))
                .valueAtMost(valueLimitBytes, Errno.E2BIG);
    }

    /** htab_map_alloc. */
    static Optional<Refusal> checkEntries(MapSpec spec) {
        return AttributeCheck.of(spec).entriesAtMost(ENTRIES_LIMIT, Errno.E2BIG).refusal();
    }

    @Override
    public final Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        Bytes stored = elements.get(key);
        return stored == null
                ? new Outcome.Refused<>(Refusals.notFound(spec, key))
                : Outcome.done(valueForm().value(stored, spec.valueSize()));
    }

    /** Writes the element of a hash table after the flags and the capacity were checked, in this order. */
    final Optional<Refusal> put(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags) {
        if (Long.compareUnsigned(flags, UpdateFlags.EXIST) > 0) {
            return Refusals.unknownFlags(spec, flags);
        }
        boolean present = elements.containsKey(key);
        if (present && flags == UpdateFlags.NOEXIST) {
            return Refusals.exists(spec, key);
        }
        if (!present && flags == UpdateFlags.EXIST) {
            return Refusals.absent(spec, key);
        }
        if (!present && elements.size() >= spec.capacity()) {
            return full(spec);
        }
        elements.put(key, valueForm().stored(value));
        return Optional.empty();
    }

    /** What a new key is told where there is no room. */
    Optional<Refusal> full(MapSpec spec) {
        return Refusals.full(spec);
    }

    @Override
    public final Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        if (!elements.containsKey(key)) {
            return Optional.of(Refusals.notFound(spec, key));
        }
        elements.remove(key);
        return Optional.empty();
    }

    /** Ascending unsigned bytes; a key that is not there starts over with the first, as in the kernel. */
    @Override
    public final Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key) {
        boolean startsOver = key.isEmpty() || !elements.containsKey(key.get());
        Bytes found = startsOver ? elements.firstKey() : elements.higherKey(key.get());
        return found != null
                ? Outcome.done(found)
                : Outcome.refused(Errno.ENOENT,
                        "getnext %s: there is no further key".formatted(spec.ref()));
    }
}
