package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.PackedElements;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All elements of a map, each key once. */
final class WholeMap {
    /** The indexes of an array come one after the other, and each once. */
    private final boolean inOrder;
    private final List<KernelElement> all = new ArrayList<>();
    private final Map<Bytes, Bytes> byKey = new LinkedHashMap<>();

    WholeMap(MapFd map) {
        this.inOrder = MapRules.isDense(map.info().spec().type());
    }

    List<KernelElement> read(MapReader reader) throws KernelException {
        reader.read(this::take);
        byKey.forEach((key, value) -> all.add(new KernelElement(key, value)));
        return all;
    }

    private boolean take(PackedElements page) {
        if (inOrder) {
            all.addAll(page);
        } else {
            page.forEach(element -> byKey.put(element.key(), element.value()));
        }
        return true;
    }
}
