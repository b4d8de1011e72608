package dev.nestmap.agent.kernel;

import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.MapType;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of BPF_MAP_CREATE but for the name and the template. Nothing is checked here: the kernel
 * refuses what it does not take. Its unsigned 32-bit numbers are held in the bits of an int.
 *
 * @param type the map type
 * @param keySize bytes
 * @param valueSize bytes, for one CPU where the type is per-CPU
 * @param maxEntries elements (bytes for ring buffers, pages for an arena)
 * @param flags BPF_F_* bits
 * @param mapExtra hash functions of a bloom filter, address of an arena, otherwise 0
 * @param numaNode counts only with the flag NUMA_NODE; the kernel does not report it, so it is 0 in what was
 *     read back
 * @param btf the types of keys and values; null in what was read back
 */
public record KernelMapSpec(
        MapType type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        long mapExtra,
        int numaNode,
        @Nullable MapBtf btf) {

    /** A specification without types. */
    public KernelMapSpec(MapType type, int keySize, int valueSize, int maxEntries, int flags,
            long mapExtra, int numaNode) {
        this(type, keySize, valueSize, maxEntries, flags, mapExtra, numaNode, null);
    }

    /** A specification with map_extra 0 and without a NUMA node. */
    public static KernelMapSpec of(MapType type, int keySize, int valueSize, int maxEntries,
            int flags) {
        return new KernelMapSpec(type, keySize, valueSize, maxEntries, flags, 0, 0);
    }

    /** With types. */
    public KernelMapSpec withBtf(@Nullable MapBtf newBtf) {
        return new KernelMapSpec(type, keySize, valueSize, maxEntries, flags, mapExtra, numaNode,
                newBtf);
    }
}
