package dev.nestmap.client.typed;

/** An element of a map. */
public record TypedEntry<K, V>(K key, V value) {}
