package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** Answers as text that can be compared. An errno is its name. */
public final class Words {
    /** There is no map with this number. */
    public static final String NO_MAP = "no map";
    /** Done. */
    public static final String OK = "ok";
    /** Nothing is asked: the operation has no meaning for the type. */
    public static final String NOTHING = "nothing to ask";

    /** Of an array all elements exist: what is larger is not walked through. */
    private static final long LARGE_ARRAY_BYTES = 1 << 14;

    private Words() {}

    /** A map was created, and what it then shows. */
    public static String created(int flags, int maxEntries) {
        return "created flags 0x%x entries %s".formatted(flags,
                Integer.toUnsignedString(maxEntries));
    }

    /** So many elements of a batch were done. */
    public static String batch(int count, Optional<String> errno) {
        return count + errno.map(name -> " " + name).orElse("");
    }

    /** The bytes of a value. */
    public static String value(Bytes bytes) {
        return "value " + bytes;
    }

    /** A value for each CPU. */
    public static String values(List<Bytes> values) {
        return "values " + values;
    }

    /** The same value on all CPUs. */
    public static String values(Bytes one, int cpus) {
        return values(Collections.nCopies(cpus, one));
    }

    /** A slot that holds a map. */
    public static String slot(int map) {
        return "map " + map;
    }

    /** A key. */
    public static String key(Bytes key) {
        return "key " + key;
    }

    /** All elements, and whether the map is frozen. */
    public static String contents(boolean frozen, SortedMap<Bytes, String> elements) {
        return (frozen ? "frozen " : "") + elements;
    }

    /** True for types of which the keys can be walked through and looked up. */
    public static boolean canBeRead(MapSpec spec) {
        long sizeBytes = spec.capacity() * Integer.toUnsignedLong(spec.valueSize());
        if (MapRules.isDense(spec.type()) && sizeBytes > LARGE_ARRAY_BYTES) {
            return false;
        }
        return switch (spec.type()) {
            case HASH, ARRAY, PERCPU_HASH, PERCPU_ARRAY, LRU_HASH, LRU_PERCPU_HASH, LPM_TRIE,
                    ARRAY_OF_MAPS, HASH_OF_MAPS, DEVMAP, DEVMAP_HASH, CPUMAP, PROG_ARRAY ->
                true;
            default -> false;
        };
    }
}
