package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;

/** One key of a tree and its value. */
public record Entry<V>(Bytes key, V value) {}
