package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_SOCKHASH (net/core/sock_map.c). */
final class SockhashRules implements ObservedRules {
    /** MAX_BPF_STACK: a program's key is on its stack. */
    private static final int KEY_LIMIT_BYTES = 512;
    /** Above, the number of buckets overflows. */
    private static final long ENTRIES_LIMIT = 1L << 27;

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .require(spec.keySize() != 0, Errno.EINVAL, "key_size is 0, at least 1 is needed")
                .valueSize(4, 8)
                .flags(MapFlags.NUMA_NODE | MapFlags.ACCESS)
                .require(Integer.compareUnsigned(spec.keySize(), KEY_LIMIT_BYTES) <= 0,
                        Errno.E2BIG,
                        "key_size is %s, a sockhash has at most %d".formatted(
                                Integer.toUnsignedString(spec.keySize()), KEY_LIMIT_BYTES))
                .entriesAtMost(ENTRIES_LIMIT, Errno.EINVAL)
                .refusal();
    }

    @Override
    public boolean checksTokenFirst() {
        return true;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.NO_TYPES;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return SocketValues.lookup(spec);
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return SocketValues.update(spec, value);
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return Verbs.all(Errno.ENOENT);
    }
}
