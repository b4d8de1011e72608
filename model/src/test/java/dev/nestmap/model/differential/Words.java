package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.util.ArrayList;
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
    /** Nothing keeps the map alive. */
    static final String GONE = "gone";

    private static final String PAGES = "pages ";
    private static final String BEHIND_SIZES = " of ";

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

    /** The bytes of a value; zeros take no room, as arrays of gigabytes are walked through. */
    public static String value(Bytes bytes) {
        return "value " + HexRuns.text(bytes);
    }

    /** A value for each CPU. */
    public static String values(List<Bytes> values) {
        return "values " + values.stream().map(HexRuns::text).toList();
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
        return "key " + HexRuns.text(key);
    }

    /** A walk by pages: how many elements each has, then all, sorted where a kernel has an order of its own. */
    public static String pages(MapType type, List<Integer> sizes, List<String> elements,
            Optional<String> errno) {
        List<String> shown = new ArrayList<>(elements);
        if (isHashed(type)) {
            Collections.sort(shown);
        }
        return PAGES + sizes + BEHIND_SIZES + shown + errno.map(name -> " " + name).orElse("");
    }

    /** One element of a page. */
    public static String element(Bytes key, String value) {
        return HexRuns.text(key) + "=" + value;
    }

    static boolean isPages(String answer) {
        return answer.startsWith(PAGES);
    }

    static String elementsOfPages(String answer) {
        return answer.substring(answer.indexOf(BEHIND_SIZES));
    }

    /** Whether something is alive. */
    public static String alive(boolean alive) {
        return alive ? "alive" : GONE;
    }

    /** True for types whose keys have an order of their own in every kernel map. */
    public static boolean isHashed(MapType type) {
        return switch (type) {
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH, HASH_OF_MAPS, DEVMAP_HASH -> true;
            default -> false;
        };
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
