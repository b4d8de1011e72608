package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_XSKMAP (net/xdp/xskmap.c). */
final class XskmapRules extends Indexed {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .keySize(4)
                .valueSize(4)
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
    public boolean templateFixesMaxEntries(int flags) {
        return true;
    }

    @Override
    public Ownership ownership() {
        return Ownership.OBSERVED;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return new Outcome.Refused<>(Refusals.notOurs(Errno.EOPNOTSUPP, "lookup", spec));
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return checkUpdate(spec, key, flags).or(() -> SocketValues.noDescriptor(spec));
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return deleteIndex(spec, elements, key);
    }
}
