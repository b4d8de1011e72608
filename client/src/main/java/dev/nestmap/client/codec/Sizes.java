package dev.nestmap.client.codec;

/** Checks of sizes. */
final class Sizes {
    private Sizes() {}

    static void requirePositive(String what, int size) {
        if (size <= 0) {
            throw new IllegalArgumentException(
                    "%s[%d]: the size must be above 0".formatted(what, size));
        }
    }

    /** The next multiple of a power of two. */
    static int align(int offset, int alignment) {
        return (offset + alignment - 1) & -alignment;
    }
}
