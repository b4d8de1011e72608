package dev.nestmap.client.codec;

/**
 * The first bits of something: the key of an LPM_TRIE. A lookup takes one of full length and finds the longest stored one
 * that it begins with.
 *
 * @param data all bits; those behind the length count for nothing
 * @param lengthBits how many bits are meant
 */
public record Prefix<T>(T data, int lengthBits) {}
