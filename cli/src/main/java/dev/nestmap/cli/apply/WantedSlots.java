package dev.nestmap.cli.apply;

import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.manifest.Manifest.Item;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The slots in which documents want a map, by that map, in the order of the documents. */
record WantedSlots(Map<MapRef, List<Slot>> byMap) {
    /** A slot of an outer map. */
    record Slot(MapRef outer, Bytes key) {}

    static WantedSlots of(Collection<Manifest> manifests) {
        Map<MapRef, List<Slot>> slots = new HashMap<>();
        for (Manifest manifest : manifests) {
            if (manifest.spec().type().isOuter() && manifest.contents().isPresent()) {
                for (Item item : manifest.contents().get().items()) {
                    if (item.value() instanceof Value.Slot(MapRef inner)) {
                        slots.computeIfAbsent(inner, _ -> new ArrayList<>())
                                .add(new Slot(manifest.ref(), item.key()));
                    }
                }
            }
        }
        return new WantedSlots(slots);
    }

    /** True where a slot wants the map. */
    boolean want(MapRef map) {
        return byMap.containsKey(map);
    }

    /** The ids of the maps that are now in the slots which want this one. */
    Set<Long> held(MapRef map, Map<MapRef, Held> held) {
        Set<Long> ids = new LinkedHashSet<>();
        for (Slot slot : byMap.getOrDefault(map, List.of())) {
            Held outer = held.get(slot.outer());
            if (outer != null && outer.elements()
                    .get(slot.key()) instanceof Value.Slot(MapRef.ById(long id))) {
                ids.add(id);
            }
        }
        return ids;
    }
}
