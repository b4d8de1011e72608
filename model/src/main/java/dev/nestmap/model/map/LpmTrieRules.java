package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * BPF_MAP_TYPE_LPM_TRIE (kernel/bpf/lpm_trie.c). Bits behind a prefix do not take part in matching, but are given back as they
 * were written: an element is stored under its {@link LpmKey} as the key's data, then the value.
 */
final class LpmTrieRules implements TypeRules {
    private static final int DATA_LIMIT_BYTES = 256;
    /** KMALLOC_MAX_SIZE less the longest data and the kernel's own part of a node. */
    private static final long VALUE_LIMIT_BYTES = 4_194_024;

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .requiredFlag(MapFlags.NO_PREALLOC, "BPF_F_NO_PREALLOC")
                .flags(MapFlags.NO_PREALLOC | MapFlags.NUMA_NODE | MapFlags.ACCESS
                        | MapFlags.PROGRAM_ACCESS)
                .require(
                        spec.keySize() > LpmKey.LENGTH_BYTES
                                && spec.keySize() <= LpmKey.LENGTH_BYTES + DATA_LIMIT_BYTES,
                        Errno.EINVAL,
                        "key_size is %s, a lpm_trie has 4 bytes of prefix length and 1 to 256 of data"
                                .formatted(Integer.toUnsignedString(spec.keySize())))
                .someValue()
                .valueAtMost(VALUE_LIMIT_BYTES, Errno.EINVAL)
                .refusal();
    }

    @Override
    public boolean checksTokenFirst() {
        return true;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.STRUCT;
    }

    @Override
    public LookupKind lookupKind() {
        return LookupKind.LONGEST_PREFIX;
    }

    @Override
    public Bytes storedKey(Bytes key) {
        return LpmKey.stored(key);
    }

    @Override
    public Bytes wireKey(Bytes storedKey) {
        return LpmKey.wire(storedKey);
    }

    @Override
    public ValueForm valueForm() {
        return ValueForm.DATA_OR_NUMBERS;
    }

    @Override
    public int storedValueSize(MapSpec spec) {
        return spec.keySize() - LpmKey.LENGTH_BYTES + spec.valueSize();
    }

    @Override
    public Element element(MapSpec spec, Bytes storedKey, Bytes storedValue) {
        return new Element(writtenKey(storedKey, storedValue),
                value(spec, storedKey, storedValue));
    }

    @Override
    public Map.Entry<Bytes, Bytes> entry(Element element) {
        return Map.entry(LpmKey.stored(element.key()), stored(element.key(), element.value()));
    }

    @Override
    public boolean supports(Batch verb) {
        return true;
    }

    /** The longest stored prefix of the key, up to the key's own prefix length. */
    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        if (isTooLong(spec, key)) {
            return new Outcome.Refused<>(Refusals.notFound(spec, key));
        }
        Bytes sought = LpmKey.stored(key);
        while (true) {
            Bytes found = atOrAbove(elements, sought);
            if (found == null) {
                return new Outcome.Refused<>(Refusals.notFound(spec, key));
            }
            int common = LpmKey.commonLength(found, sought);
            if (common == LpmKey.storedLength(found)) {
                return Outcome.done(value(spec, found, stored(elements, found)));
            }
            // A longer prefix of the key would stand before what was found: go on with what both have in common.
            sought = LpmKey.stored(key, common);
        }
    }

    @Override
    public Outcome<Value> exact(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        Bytes sought = LpmKey.stored(key);
        return isTooLong(spec, key) || !elements.containsKey(sought)
                ? new Outcome.Refused<>(Refusals.notFound(spec, key))
                : Outcome.done(value(spec, sought, stored(elements, sought)));
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        if (Long.compareUnsigned(flags, UpdateFlags.EXIST) > 0) {
            return Refusals.unknownFlags(spec, flags);
        }
        if (isTooLong(spec, key)) {
            return tooLong("update", spec, key);
        }
        Bytes stored = LpmKey.stored(key);
        boolean present = elements.containsKey(stored);
        if (present && flags == UpdateFlags.NOEXIST) {
            return Refusals.exists(spec, key);
        }
        if (!present && flags == UpdateFlags.EXIST) {
            return Refusals.absent(spec, key);
        }
        if (!present && elements.size() >= spec.capacity()) {
            return Refusals.of(Errno.ENOSPC,
                    "update %s: the trie is full (max_entries %d); delete a prefix first, or replace one that is there"
                            .formatted(spec.ref(), spec.capacity()));
        }
        elements.put(stored, stored(key, value));
        return Optional.empty();
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        if (isTooLong(spec, key)) {
            return tooLong("delete from", spec, key);
        }
        Bytes stored = LpmKey.stored(key);
        if (!elements.containsKey(stored)) {
            return Optional.of(Refusals.notFound(spec, key));
        }
        elements.remove(stored);
        return Optional.empty();
    }

    /** A key that is not there, or is none, starts over with the first. */
    @Override
    public Outcome<Bytes> nextKey(MapSpec spec, Draft<Bytes> elements, Optional<Bytes> key) {
        Optional<Bytes> from = key.filter(given -> !isTooLong(spec, given))
                .map(LpmKey::stored)
                .filter(elements::containsKey);
        Bytes found = from.isPresent() ? elements.higherKey(from.get()) : elements.firstKey();
        return found == null
                ? Outcome.refused(Errno.ENOENT,
                        "getnext %s: there is no further key".formatted(spec.ref()))
                : Outcome.done(writtenKey(found, stored(elements, found)));
    }

    private static @Nullable Bytes atOrAbove(Draft<Bytes> elements, Bytes key) {
        return elements.containsKey(key) ? key : elements.higherKey(key);
    }

    private static Bytes stored(Draft<Bytes> elements, Bytes present) {
        Bytes stored = elements.get(present);
        if (stored == null) {
            throw new IllegalStateException("a key without a value: " + present);
        }
        return stored;
    }

    private Bytes stored(Bytes key, Value value) {
        return key.slice(LpmKey.LENGTH_BYTES, key.size()).concat(valueForm().stored(value));
    }

    private Value value(MapSpec spec, Bytes storedKey, Bytes storedValue) {
        return valueForm().value(storedValue.slice(dataBytes(storedKey), storedValue.size()),
                spec.valueSize());
    }

    private static Bytes writtenKey(Bytes storedKey, Bytes storedValue) {
        return Bytes.u32le(LpmKey.storedLength(storedKey))
                .concat(storedValue.slice(0, dataBytes(storedKey)));
    }

    private static int dataBytes(Bytes storedKey) {
        return storedKey.size() - LpmKey.SUFFIX_BYTES;
    }

    private static boolean isTooLong(MapSpec spec, Bytes key) {
        return LpmKey.prefixLength(key) > LpmKey.lengthLimit(spec.keySize());
    }

    private static Optional<Refusal> tooLong(String verb, MapSpec spec, Bytes key) {
        return Refusals.of(Errno.EINVAL,
                "%s %s: the prefix length is %d, at most %d bits are possible with key_size %d"
                        .formatted(verb, spec.ref(), LpmKey.prefixLength(key),
                                LpmKey.lengthLimit(spec.keySize()), spec.keySize()));
    }
}
