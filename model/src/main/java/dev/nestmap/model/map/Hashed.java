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
    private static final long ELEMENT_LIMIT_BYTES = 4_194_255;
    /** Above, the number of buckets overflows. */
    private static final long ENTRIES_LIMIT = 1L << 28;

    /** htab_map_alloc_check: flags before sizes. */
    static AttributeCheck check(AttributeCheck check, MapSpec spec) {
        long elementBytes = Integer.toUnsignedLong(spec.keySize())
                + Integer.toUnsignedLong(spec.valueSize());
        return check
                .flags(MapFlags.NO_PREALLOC | MapFlags.NUMA_NODE | MapFlags.RDONLY | MapFlags.WRONLY
                        | MapFlags.ZERO_SEED
                        | MapFlags.RDONLY_PROG | MapFlags.WRONLY_PROG)
                .someEntries()
                .require(spec.keySize() != 0, Errno.EINVAL, "key_size is 0, at least 1 is needed")
                .require(spec.valueSize() != 0, Errno.EINVAL,
                        "value_size is 0, at least 1 is needed")
                .require(elementBytes <= ELEMENT_LIMIT_BYTES, Errno.E2BIG,
                        "key_size + value_size is %d, at most %d is possible"
                                .formatted(elementBytes, ELEMENT_LIMIT_BYTES))
                .require(spec.capacity() <= ENTRIES_LIMIT, Errno.E2BIG,
                        "max_entries is %d, at most %d is possible".formatted(spec.capacity(),
                                ENTRIES_LIMIT));
    }

    @Override
    public final Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        Bytes stored = elements.get(key);
        return stored == null
                ? new Outcome.Refused<>(Refusals.notFound(spec, key))
                : Outcome.done(valueForm().value(stored));
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
            return Refusals.of(Errno.ENOENT,
                    "update %s: no element with key %s and the flag is exist; use any or noexist"
                            .formatted(spec.ref(), Refusals.brief(key)));
        }
        if (!present && elements.size() >= spec.capacity()) {
            return Refusals.full(spec);
        }
        elements.put(key, valueForm().stored(value));
        return Optional.empty();
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
