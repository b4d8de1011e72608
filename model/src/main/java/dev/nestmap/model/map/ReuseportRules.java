package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_REUSEPORT_SOCKARRAY (kernel/bpf/reuseport_array.c). */
final class ReuseportRules extends Indexed {
    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return ArrayRules.check(AttributeCheck.of(spec).valueSize(4, 8),
                MapFlags.NUMA_NODE | MapFlags.ACCESS | MapFlags.PROGRAM_ACCESS).refusal();
    }

    @Override
    public Ownership ownership() {
        return Ownership.OBSERVED;
    }

    @Override
    public Outcome<Value> lookup(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return SocketValues.lookup(spec);
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return checkUpdate(spec, key, flags)
                .or(() -> SocketValues.updateSigned(spec, value));
    }

    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return deleteSlot(spec, elements, key);
    }
}
