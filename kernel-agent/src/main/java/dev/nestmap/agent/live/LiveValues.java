package dev.nestmap.agent.live;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.HeldMap;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Elements as the kernel gives them, in the words of the store: its own ids in slots, a value for each CPU. */
final class LiveValues {
    private final boolean perCpu;
    private final int valueSize;
    private final int stride;
    /** Of an outer map: the store's maps by the kernel's ids. */
    private final Map<Integer, Long> inners = new HashMap<>();

    private LiveValues(boolean perCpu, int valueSize, int stride) {
        this.perCpu = perCpu;
        this.valueSize = valueSize;
        this.stride = stride;
    }

    static LiveValues of(KernelMap map, List<HeldMap> held, int possibleCpus) {
        LiveValues values = new LiveValues(MapRules.isPerCpu(map.info().spec().type()),
                map.info().spec().valueSize(), map.valueWidth() / possibleCpus);
        if (map.info().spec().type().isOuter()) {
            held.forEach(inner -> values.inners.put(inner.kernelId(), inner.mapId()));
        }
        return values;
    }

    dev.nestmap.proto.v1.Element wire(KernelElement element) {
        return ElementCodec.element(new Element(element.key(), value(element.value())));
    }

    private Value value(Bytes read) {
        if (perCpu) {
            List<Bytes> each = new ArrayList<>();
            for (int from = 0; from < read.size(); from += stride) {
                each.add(read.slice(from, from + valueSize));
            }
            return new Value.PerCpu(each);
        }
        Long inner = inners.isEmpty() ? null : inners.get(read.intLe(0));
        return inner == null ? new Value.Data(read) : new Value.Slot(new MapRef.ById(inner));
    }
}
