package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_SOCKMAP (net/core/sock_map.c). */
final class SockmapRules extends Indexed {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .keySize(4)
                .valueSize(4, 8)
                .flags(MapFlags.NUMA_NODE | MapFlags.ACCESS)
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
    public Ownership ownership() {
        return Ownership.OBSERVED;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return SocketValues.lookup(spec);
    }

    /** The kernel looks at the socket before flags and index. */
    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return SocketValues.update(spec, value);
    }

    /** An index out of range and an empty one are the same to the kernel. */
    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return Optional.of(Refusals.notOurs(Errno.EINVAL, "delete from", spec));
    }
}
