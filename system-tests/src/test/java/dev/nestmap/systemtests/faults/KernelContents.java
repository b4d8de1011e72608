package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.systemtests.rig.KernelMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What is in the kernel under a pin root, as bpftool sees it. */
final class KernelContents {
    private final Path pinRoot;

    KernelContents(Path pinRoot) {
        this.pinRoot = pinRoot;
    }

    /** The map with this name. */
    KernelMap map(String name) {
        return KernelMap.pinned(pin(name));
    }

    /** Where programs find the map with this name. */
    Path pin(String name) {
        return pinRoot.resolve(Writers.NAMESPACE).resolve(name);
    }

    /** The map behind one of {@link #innerPins}. */
    KernelMap innerMap(String pin) {
        return KernelMap.pinned(pinRoot.resolve("_inner").resolve(pin));
    }

    /** The kernel's ids of all maps that have a name. */
    SortedMap<String, Integer> ids() {
        SortedMap<String, Integer> ids = new TreeMap<>();
        names().forEach(name -> ids.put(name, map(name).id()));
        return ids;
    }

    /** Names that are pinned. */
    Set<String> names() {
        return pins(Writers.NAMESPACE);
    }

    /** Pins of maps that are here because a slot holds them. */
    Set<String> innerPins() {
        return pins("_inner");
    }

    /** Second pins of the maps that the agent made. */
    Set<String> ownPins() {
        return pins("_owned");
    }

    /** Asserts that the kernel holds what the store holds, map by map, and no map more. */
    void assertEqual(StoreContents store) {
        TreeSet<String> placed = new TreeSet<>();
        TreeSet<String> inSlots = new TreeSet<>();
        store.maps().forEach((id, map) -> {
            if (!map.unlinked() && map.spec().placement().wants(Map.of())) {
                placed.add(map.spec().name());
            } else if (map.slotReferences() > 0) {
                inSlots.add(id + "_1");
            }
        });
        assertEquals(placed, names());
        assertEquals(inSlots, innerPins());
        for (MapDescription map : store.maps().values()) {
            if (pin(map).toFile().exists()) {
                assertEquals(expected(store, map), found(map), map.spec().name());
            }
        }
    }

    private SortedMap<Bytes, Bytes> expected(StoreContents store, MapDescription map) {
        SortedMap<Bytes, Bytes> expected = new TreeMap<>();
        store.elements(map.id()).forEach((key, value) -> expected.put(key, switch (value) {
            case Value.Data(Bytes bytes) -> bytes;
            case Value.Slot(MapRef.ById(long inner)) ->
                Bytes.u32le(KernelMap.pinned(pin(store.map(inner))).id());
            default -> throw new AssertionError(map.spec().name() + ": " + value);
        }));
        return expected;
    }

    // The store leaves out what is zero in an array.
    private SortedMap<Bytes, Bytes> found(MapDescription map) {
        SortedMap<Bytes, Bytes> found = KernelMap.pinned(pin(map)).elements();
        if (map.spec().type().word().equals("array")) {
            found.values().removeIf(Bytes::isZero);
        }
        return found;
    }

    private Path pin(MapDescription map) {
        return map.unlinked() || !map.spec().placement().wants(Map.of())
                ? pinRoot.resolve("_inner").resolve(map.id() + "_1")
                : pin(map.spec().name());
    }

    private Set<String> pins(String directory) {
        Path folder = pinRoot.resolve(directory);
        if (!Files.isDirectory(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            TreeSet<String> names = new TreeSet<>();
            files.forEach(file -> names.add(file.getFileName().toString()));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException("list " + folder, e);
        }
    }

    @Override
    public String toString() {
        return "%s: %s, inner %s, own %s".formatted(pinRoot, names(), innerPins(), ownPins());
    }
}
