package dev.nestmap.systemtests.faults;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.systemtests.faults.Ledger.Cell;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All that a store holds at one revision. */
final class StoreContents {
    private final Map<Long, MapDescription> maps = new HashMap<>();
    private final Map<Long, SortedMap<Bytes, Value>> elements = new HashMap<>();

    private StoreContents() {}

    /** Reads it as one state. */
    static StoreContents read(NestmapClient client) {
        StoreContents contents = new StoreContents();
        try (Watch watch = client.watch(WatchOptions.everything()
                .withPatience(Duration.ofMinutes(2)))) {
            WatchEvent event = watch.next();
            if (!event.snapshot()) {
                throw new AssertionError("a watch from 0 began with " + event);
            }
            event.changes().forEach(contents::add);
        }
        return contents;
    }

    private void add(MapChange change) {
        MapDescription description = change.description();
        if (description != null) {
            maps.put(change.mapId(), description);
        }
        SortedMap<Bytes, Value> own = elements.computeIfAbsent(change.mapId(),
                _ -> new TreeMap<>());
        for (Element element : change.set()) {
            own.put(element.key(), element.value());
        }
    }

    /** All maps, those without a name too, by id. */
    Map<Long, MapDescription> maps() {
        return maps;
    }

    /** A map that is there. */
    MapDescription map(long id) {
        return Objects.requireNonNull(maps.get(id), () -> "map " + id);
    }

    /** What a map holds. */
    SortedMap<Bytes, Value> elements(long mapId) {
        return elements.getOrDefault(mapId, new TreeMap<>());
    }

    /** Every number in a hash, and every number behind a slot. */
    Map<Cell, Long> cells() {
        Map<Cell, Long> cells = new HashMap<>();
        maps.forEach((id, map) -> elements(id).forEach((key, value) -> {
            String name = map.spec().name();
            switch (value) {
                case Value.Data(Bytes bytes) -> cells.put(new Cell.Element(name, key), u64(bytes));
                case Value.Slot slot -> {
                    Long number = numberIn(slot);
                    if (number != null) {
                        cells.put(new Cell.InSlot(name, key), number);
                    }
                }
                case Value.Expression _,Value.PerCpu _ ->
                    throw new AssertionError(name + ": " + value);
            }
        }));
        return cells;
    }

    private @Nullable Long numberIn(Value.Slot slot) {
        return slot.map() instanceof MapRef.ById(long id)
                && elements(id).get(Bytes.u32le(0)) instanceof Value.Data(Bytes bytes)
                        ? u64(bytes)
                        : null;
    }

    private static Long u64(Bytes bytes) {
        return bytes.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).getLong();
    }
}
