package dev.nestmap.agent.kernel;

import dev.nestmap.model.Bytes;

/**
 * One key of an outer map and the inner map that it is to hold.
 *
 * @param key key_size bytes of the outer map
 * @param inner of the same {@link Kernel} as the outer map, open; may be closed once the slot was set
 */
public record Slot(Bytes key, KernelMap inner) {}
