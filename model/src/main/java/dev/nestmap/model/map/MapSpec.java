package dev.nestmap.model.map;

import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.placement.Placement;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a map: the attributes of BPF_MAP_CREATE, and where the map is wanted. The kernel's unsigned 32-bit
 * numbers are held in the bits of an int.
 *
 * @param keySize bytes, unsigned
 * @param valueSize bytes, unsigned
 * @param maxEntries elements, unsigned
 * @param flags BPF_F_* bits; in the store as the kernel shows them (see {@link TypeRules#shownFlags})
 * @param mapExtra type specific
 * @param numaNode counts only with BPF_F_NUMA_NODE
 * @param innerTemplate for the two outer types only
 * @param pinPath absolute path of the pin on every node instead of the default one; empty: the default
 * @param btf the types of keys and values
 * @param publish how new contents of its inner maps reach them; IN_PLACE for all but outer maps
 * @param ownership who may write its elements (of an outer map: its slots) on a node
 * @param unresolved what becomes of elements whose node expression means nothing on a node; KEEP for types that take none
 */
public record MapSpec(
        String namespace,
        String name,
        MapType type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        long mapExtra,
        int numaNode,
        @Nullable InnerTemplate innerTemplate,
        Placement placement,
        String pinPath,
        @Nullable MapBtf btf,
        Publish publish,
        Ownership ownership,
        Unresolved unresolved) {

    /** Keeps what a node expression meant last. */
    public MapSpec(String namespace, String name, MapType type, int keySize, int valueSize,
            int maxEntries, int flags, long mapExtra, int numaNode,
            @Nullable InnerTemplate innerTemplate, Placement placement, String pinPath,
            @Nullable MapBtf btf, Publish publish, Ownership ownership) {
        this(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra, numaNode,
                innerTemplate, placement, pinPath, btf, publish, ownership, Unresolved.KEEP);
    }

    /** Owned as its type is unless told otherwise. */
    public MapSpec(String namespace, String name, MapType type, int keySize, int valueSize,
            int maxEntries, int flags, long mapExtra, int numaNode,
            @Nullable InnerTemplate innerTemplate, Placement placement, String pinPath,
            @Nullable MapBtf btf, Publish publish) {
        this(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra, numaNode,
                innerTemplate, placement, pinPath, btf, publish, MapRules.ownership(type));
    }

    /** Published in place. */
    public MapSpec(String namespace, String name, MapType type, int keySize, int valueSize,
            int maxEntries, int flags, long mapExtra, int numaNode,
            @Nullable InnerTemplate innerTemplate, Placement placement, String pinPath,
            @Nullable MapBtf btf) {
        this(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra, numaNode,
                innerTemplate, placement, pinPath, btf, Publish.IN_PLACE);
    }

    /** Without types, published in place. */
    public MapSpec(String namespace, String name, MapType type, int keySize, int valueSize,
            int maxEntries, int flags, long mapExtra, int numaNode,
            @Nullable InnerTemplate innerTemplate, Placement placement, String pinPath) {
        this(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra, numaNode,
                innerTemplate, placement, pinPath, null);
    }

    /** A definition in the default form: no flags, everywhere, pinned at the default place. */
    public static MapSpec of(String namespace, String name, MapType type, int keySize,
            int valueSize, int maxEntries) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, 0, 0, 0, null,
                Placement.everywhere(), "");
    }

    /** With another name. */
    public MapSpec withName(String newName) {
        return new MapSpec(namespace, newName, type, keySize, valueSize, maxEntries, flags,
                mapExtra, numaNode, innerTemplate, placement, pinPath, btf, publish, ownership,
                unresolved);
    }

    /** With other flags. */
    public MapSpec withFlags(int newFlags) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, newFlags,
                mapExtra, numaNode, innerTemplate,
                placement, pinPath, btf, publish, ownership, unresolved);
    }

    /** With another inner template. */
    public MapSpec withInnerTemplate(@Nullable InnerTemplate template) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra,
                numaNode, template, placement,
                pinPath, btf, publish, ownership, unresolved);
    }

    /** With another placement. */
    public MapSpec withPlacement(Placement newPlacement) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra,
                numaNode, innerTemplate,
                newPlacement, pinPath, btf, publish, ownership, unresolved);
    }

    /** With other types. */
    public MapSpec withBtf(@Nullable MapBtf newBtf) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra,
                numaNode, innerTemplate, placement, pinPath, newBtf, publish, ownership,
                unresolved);
    }

    /** With its inner maps published otherwise. */
    public MapSpec withPublish(Publish newPublish) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra,
                numaNode, innerTemplate, placement, pinPath, btf, newPublish, ownership,
                unresolved);
    }

    /** With another owner of its elements. */
    public MapSpec withOwnership(Ownership newOwnership) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra,
                numaNode, innerTemplate, placement, pinPath, btf, publish, newOwnership,
                unresolved);
    }

    /** With another fate of elements that cannot be worked out. */
    public MapSpec withUnresolved(Unresolved newUnresolved) {
        return new MapSpec(namespace, name, type, keySize, valueSize, maxEntries, flags, mapExtra,
                numaNode, innerTemplate, placement, pinPath, btf, publish, ownership,
                newUnresolved);
    }

    /** Where struct bpf_spin_lock is in the values, in bytes; empty without one. */
    public OptionalInt spinLock() {
        return btf == null ? OptionalInt.empty() : btf.spinLock();
    }

    /** This map's reference by name. */
    public MapRef.ByName ref() {
        return new MapRef.ByName(namespace, name);
    }

    /** max_entries as the unsigned number that it is. */
    public long capacity() {
        return Integer.toUnsignedLong(maxEntries);
    }

    /** The template that an outer map created with this map as its inner map gets. */
    public InnerTemplate asTemplate() {
        return new InnerTemplate(type, keySize, valueSize, maxEntries, flags, spinLock(), btf);
    }
}
