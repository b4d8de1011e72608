package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;

/** One key with its value. */
public record Element(Bytes key, Value value) {}
