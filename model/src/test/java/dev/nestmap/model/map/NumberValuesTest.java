package dev.nestmap.model.map;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers of a node as values of maps of bytes. */
class NumberValuesTest {
    private static final Bytes KEY = Bytes.u32le(0);
    private static final Value CPUS = new Value.Expression("cpus()");
    private static final Value LO = new Value.Expression("ifindex(\"lo\")");

    private static MapSpec spec(MapType type, int valueSize, int maxEntries) {
        boolean trie = type == MapType.LPM_TRIE;
        return Tried.spec(type, trie ? 8 : 4, valueSize, maxEntries, trie ? 1 : 0);
    }

    private static Bytes key(MapSpec spec, int number) {
        return spec.type() == MapType.LPM_TRIE
                ? Bytes.u32le(32).concat(Bytes.u32be(number))
                : Bytes.u32le(number);
    }

    @ParameterizedTest
    @EnumSource(names = {"HASH", "LRU_HASH", "ARRAY", "LPM_TRIE"})
    void eachNumberIsFourBytesOfTheWholeValue(MapType type) {
        for (String one : List.of("cpus()", "ifindex(\"eth0\")")) {
            holds(spec(type, 4, 2), one);
            refuses(spec(type, 8, 2), one);
            refuses(spec(type, 2, 2), one);
            refuses(spec(type, 12, 2), one);
        }
        for (String two : List.of("cpus(), cpus()", "ifindex(\"eth0\"), cpus()",
                "cpus(), ifindex(\"eth0\")", "ifindex(\"a\"), ifindex(\"b\")")) {
            holds(spec(type, 8, 2), two);
            refuses(spec(type, 4, 2), two);
            refuses(spec(type, 16, 2), two);
        }
        for (String other : List.of("prog(\"/p\")", "cgroup(\"/c\")", "qsize(7)",
                "ifindex(\"a\"), prog(\"/p\")", "cpus(), cpus(), cpus()", "cpus(),", "cpus")) {
            for (int valueSize : new int[]{4, 8, 12}) {
                refuses(spec(type, valueSize, 2), other);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"PERCPU_HASH, 0", "PERCPU_ARRAY, 0", "LRU_PERCPU_HASH, 0", "QUEUE, 0",
            "STACK, 0", "DEVMAP, 0", "CPUMAP, 0", "PROG_ARRAY, 0"})
    void otherTypesTakeNoneOrTheirOwn(MapType type, int flags) {
        boolean keyless = type == MapType.QUEUE || type == MapType.STACK;
        Tried tried = new Tried(Tried.spec(type, keyless ? 0 : 4, 4, 2, flags));
        tried.refused(Errno.EINVAL, keyless ? Tried.NO_KEY : KEY, CPUS, 0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "HASH | 16 | EXCLUSIVE | value_size is 16; use value_size 4 or 8",
            "ARRAY | 4 | SEED | its ownership is seed, so it is written once",
            "PERCPU_HASH | 4 | SHARED | maps of type hash, lru_hash, array and lpm_trie take ifindex(\"NAME\") or cpus()",
            "HASH | 8 | EXCLUSIVE | write two numbers, each ifindex(\"NAME\") or cpus(), for the 8 bytes",
            "ARRAY | 4 | EXCLUSIVE | \"prog(\"/p\")\" is no node expression for an array; write ifindex(\"NAME\") or cpus()"})
    void aRefusalNamesTheRuleAndTheWayOut(MapType type, int valueSize, Ownership ownership,
            String rule) {
        MapSpec spec = spec(type, valueSize, 2).withOwnership(ownership);
        String told = new Tried(spec).elements()
                .update(KEY, new Value.Expression("prog(\"/p\")"), 0, _ -> null)
                .map(Refusal::rule)
                .orElseThrow();
        assertTrue(told.contains(rule) && told.contains("default/m"), told);
    }

    @Test
    void theyAreReadComparedReplacedAndTakenLikeOtherValues() {
        Tried hash = new Tried(spec(MapType.HASH, 4, 2));
        hash.refused(Errno.ENOENT, KEY, CPUS, UpdateFlags.EXIST);
        hash.put(KEY, new Value.Expression(" cpus( ) "));
        hash.refused(Errno.EEXIST, KEY, CPUS, UpdateFlags.NOEXIST);
        assertEquals(CPUS, hash.lookup(KEY));
        assertTrue(hash.elements().has(KEY, new Value.Expression("cpus()  "), _ -> null));
        assertEquals(false, hash.elements().has(KEY, LO, _ -> null));
        assertEquals(false, hash.elements().has(KEY, Tried.data(1, 0, 0, 0), _ -> null));
        assertEquals(KEY, hash.first());
        hash.put(KEY, Tried.data(1, 2, 3, 4));
        assertEquals(Tried.data(1, 2, 3, 4), hash.lookup(KEY));
        hash.put(KEY, LO);
        assertEquals(LO, hash.take(KEY));
        assertEquals(List.of(), hash.all());
    }

    @Test
    void anArrayGoesBackToZeros() {
        Tried array = new Tried(spec(MapType.ARRAY, 4, 2));
        array.put(KEY, CPUS);
        assertEquals(List.of(new Element(KEY, CPUS)), array.all());
        array.put(KEY, Tried.data(0, 0, 0, 0));
        assertEquals(List.of(), array.all());
        assertEquals(Tried.data(0, 0, 0, 0), array.lookup(KEY));
    }

    @Test
    void aTrieFindsThemByTheLongestPrefixAndKeepsTheBitsBehindIt() {
        Tried trie = new Tried(spec(MapType.LPM_TRIE, 4, 4));
        Bytes wide = Bytes.u32le(8).concat(Bytes.of(10, 1, 2, 3));
        trie.put(wide, LO);
        trie.put(Bytes.u32le(32).concat(Bytes.of(10, 0, 0, 1)), CPUS);
        assertEquals(CPUS, trie.lookup(Bytes.u32le(32).concat(Bytes.of(10, 0, 0, 1))));
        assertEquals(LO, trie.lookup(Bytes.u32le(32).concat(Bytes.of(10, 0, 0, 2))));
        assertEquals(new Element(wide, LO), trie.all().getLast());
    }

    /** What tells an expression is its length alone, so no bytes may be taken for one, whatever they are. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void amongPlainValuesExactlyTheExpressionsAreFound(long seed) {
        Random random = new Random(seed);
        for (MapType type : List.of(MapType.HASH, MapType.ARRAY, MapType.LRU_HASH,
                MapType.LPM_TRIE)) {
            for (int valueSize : new int[]{4, 8}) {
                MapSpec spec = spec(type, valueSize, 4096);
                Tried tried = new Tried(spec);
                Map<Bytes, Value> naive = new TreeMap<>();
                for (int i = 0; i < 6000; i++) {
                    Bytes key = key(spec, random.nextInt(4096));
                    Value value = value(random, valueSize);
                    tried.put(key, value);
                    naive.put(key, value);
                }
                naive.forEach((key, value) -> assertEquals(value, tried.lookup(key),
                        () -> "seed " + seed + ", " + type + " " + valueSize));
                naive.values()
                        .removeIf(value -> value instanceof Value.Data(Bytes bytes)
                                && bytes.isZero());
                if (MapRules.isDense(type)) {
                    assertEquals(naive.size(), tried.all().size());
                }
                List<Element> found = new ArrayList<>();
                for (Entry<Bytes> entry : StoredElements.expressions(spec,
                        tried.elements().build())) {
                    found.add(StoredElements.element(spec, entry.key(), entry.value()));
                }
                naive.values().removeIf(value -> !(value instanceof Value.Expression));
                assertEquals(naive.size(), found.size(), () -> "seed " + seed);
                found.forEach(element -> assertEquals(naive.get(element.key()), element.value()));
            }
        }
    }

    private static Value value(Random random, int valueSize) {
        if (random.nextInt(20) > 0) {
            byte[] bytes = new byte[valueSize];
            random.nextBytes(bytes);
            bytes[0] = (byte) random.nextInt(3);
            return random.nextInt(10) == 0
                    ? new Value.Data(Bytes.zeros(valueSize))
                    : new Value.Data(Bytes.wrap(bytes));
        }
        List<String> terms = List.of("cpus()", "ifindex(\"%s\")".formatted(
                "x".repeat(1 + random.nextInt(15))));
        String first = Objects.requireNonNull(terms.get(random.nextInt(2)));
        return new Value.Expression(valueSize == 4
                ? first
                : first + ", " + terms.get(random.nextInt(2)));
    }

    private static void holds(MapSpec spec, String text) {
        Tried tried = new Tried(spec);
        tried.put(key(spec, 0), new Value.Expression(text));
        assertEquals(new Value.Expression(text), tried.lookup(key(spec, 0)));
        assertEquals(1, tried.all().size());
    }

    private static void refuses(MapSpec spec, String text) {
        new Tried(spec).refused(Errno.EINVAL, key(spec, 0), new Value.Expression(text), 0);
    }
}
