package dev.nestmap.client.typed;

/** An element of a map. */
public record TypedElement<K, V>(K key, V value) {}
