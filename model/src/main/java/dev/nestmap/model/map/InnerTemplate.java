package dev.nestmap.model.map;

import dev.nestmap.model.btf.MapBtf;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What an inner map must look like to be put into a slot. A copy: it has no tie to the map it was taken from. The unsigned
 * 32-bit numbers of the kernel are held in the bits of an int.
 *
 * @param type any type that the kernel takes as an inner map
 * @param keySize bytes, unsigned
 * @param valueSize bytes, unsigned
 * @param maxEntries elements, unsigned
 * @param flags BPF_F_* bits
 * @param spinLock where struct bpf_spin_lock is in the values, in bytes; empty without one
 * @param btf the types of keys and values, for maps that are made after it; a slot asks for the spin lock alone
 */
public record InnerTemplate(
        MapType type,
        int keySize,
        int valueSize,
        int maxEntries,
        int flags,
        OptionalInt spinLock,
        @Nullable MapBtf btf) {
    /** Without types. */
    public InnerTemplate(MapType type, int keySize, int valueSize, int maxEntries, int flags,
            OptionalInt spinLock) {
        this(type, keySize, valueSize, maxEntries, flags, spinLock, null);
    }

    /** Without types and spin lock. */
    public InnerTemplate(MapType type, int keySize, int valueSize, int maxEntries, int flags) {
        this(type, keySize, valueSize, maxEntries, flags, OptionalInt.empty());
    }

    /** With types, and the spin lock that they have. */
    public InnerTemplate withBtf(MapBtf newBtf) {
        return new InnerTemplate(type, keySize, valueSize, maxEntries, flags, newBtf.spinLock(),
                newBtf);
    }
}
