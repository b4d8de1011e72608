package dev.nestmap.model.map;

import java.util.List;
import java.util.Set;

/**
 * Node expressions in maps of bytes: numbers of a node, the index of an interface or how many CPUs there are, each as a u32 in the node's
 * byte order. They are the whole of a value, one or two of them, so that a program reads it like any other.
 */
final class NumberValues {
    private static final int NUMBER_BYTES = 4;
    private static final Set<String> WORDS = Set.of("ifindex", "cpus");
    private static final String NUMBER = "ifindex(\"NAME\") or cpus()";

    private NumberValues() {}

    static boolean takes(MapSpec spec, String shape) {
        List<String> words = List.of(shape.split(", "));
        return hindrance(spec).isEmpty() && words.size() * NUMBER_BYTES == spec.valueSize()
                && WORDS.containsAll(words);
    }

    /** The shapes for messages; empty where a map takes none. */
    static String expressions(MapSpec spec) {
        if (!hindrance(spec).isEmpty()) {
            return "";
        }
        return spec.valueSize() == NUMBER_BYTES
                ? NUMBER
                : "two numbers, each %s, for the 8 bytes of a value: ifindex(\"NAME\"), cpus()"
                        .formatted(NUMBER);
    }

    /** Why a map that takes no expression takes none, and the way out; for messages. */
    static String why(MapSpec spec) {
        return switch (MapRules.of(spec.type()).valueForm()) {
            case DATA_OR_NUMBERS -> ": " + hindrance(spec);
            case DATA, PER_CPU -> "; maps of type hash, lru_hash, array and lpm_trie take "
                    + NUMBER;
            case SLOT, DATA_OR_EXPRESSION -> "";
        };
    }

    private static String hindrance(MapSpec spec) {
        return switch (spec.ownership()) {
            case SEED ->
                "its ownership is seed, so it is written once, and what a node works out may change; use another ownership";
            case OBSERVED -> "its ownership is observed, so its values are not the store's";
            case EXCLUSIVE, SHARED -> spec.valueSize() != NUMBER_BYTES
                    && spec.valueSize() != 2 * NUMBER_BYTES
                            ? "a number of a node has 4 bytes and a value is one or two of them, but value_size is %s; use value_size 4 or 8"
                                    .formatted(Integer.toUnsignedString(spec.valueSize()))
                            : spec.spinLock().isPresent()
                                    ? "part of its value is a spin lock; use a map without"
                                    : "";
        };
    }
}
