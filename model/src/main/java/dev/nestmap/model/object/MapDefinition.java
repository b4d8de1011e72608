package dev.nestmap.model.object;

import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapType;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A map that a program defines, with what libbpf would hand to BPF_MAP_CREATE. The kernel's unsigned 32-bit numbers are held
 * in the bits of an int.
 *
 * @param name of the variable, of any length
 * @param numaNode counts only with BPF_F_NUMA_NODE
 * @param inner what the slots of an outer map take; empty where it says nothing of them
 * @param btf the types of keys and values, cut down to them; empty where it has none or the kernel takes none for the type
 * @param pinning whether libbpf shares the map through a pin
 * @param slots maps that the program puts into slots, by index
 * @param remarks what was left out, each a sentence without a full stop
 */
public record MapDefinition(
        String name,
        MapType type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        long mapExtra,
        int numaNode,
        Optional<InnerTemplate> inner,
        Optional<MapBtf> btf,
        Pinning pinning,
        SortedMap<Integer, String> slots,
        List<String> remarks) {
    /** LIBBPF_PIN_*. */
    public enum Pinning {
        /** The map is the program's own. */
        NONE,
        /** libbpf pins it under its name, or takes the map that is pinned there. */
        BY_NAME
    }

    /** Copies the collections. */
    public MapDefinition {
        slots = new TreeMap<>(slots);
        remarks = List.copyOf(remarks);
    }
}
