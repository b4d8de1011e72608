package dev.nestmap.agent.kernel;

import dev.nestmap.model.Bytes;

/**
 * One key and its value as system calls move them.
 *
 * @param key key_size bytes
 * @param value {@link KernelMap#valueWidth()} bytes; what was read from a slot is the inner map's kernel id
 */
public record KernelElement(Bytes key, Bytes value) {}
