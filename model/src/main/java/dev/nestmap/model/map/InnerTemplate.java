package dev.nestmap.model.map;

/**
 * What an inner map must look like to be put into a slot. A copy: it has no tie to the map it was taken from. The unsigned
 * 32-bit numbers of the kernel are held in the bits of an int.
 *
 * @param type any type that the kernel takes as an inner map
 * @param keySize bytes, unsigned
 * @param valueSize bytes, unsigned
 * @param maxEntries elements, unsigned
 * @param flags BPF_F_* bits
 */
public record InnerTemplate(MapType type, int keySize, int valueSize, int maxEntries, int flags) {}
