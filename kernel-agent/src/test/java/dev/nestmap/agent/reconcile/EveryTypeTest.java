package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Maps of all types come into the running kernel and into the simulated one. */
final class EveryTypeTest {
    private static final Map<MapType, MapSpec> OBSERVED = observed();
    private final Fleet fleet = new Fleet();
    private KernelUnderTest tested = new KernelUnderTest(Side.SIMULATED);

    private void on(Side side) throws Exception {
        tested.close();
        tested = new KernelUnderTest(side);
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void perCpuValuesAreOneForAllOrOneForEach(Side side) throws Exception {
        on(side);
        int cpus = tested.kernel().possibleCpus();
        List<Bytes> each = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            each.add(Bytes.of(cpu, 1, 2, 3, 4, 5));
        }
        List<MapType> types = List.of(MapType.PERCPU_HASH, MapType.PERCPU_ARRAY,
                MapType.LRU_PERCPU_HASH);
        for (MapType type : types) {
            long id = type.number();
            fleet.define(id, spec(type, 4, 6, 16, 0).withOwnership(
                    MapRules.evicts(type) ? Ownership.SHARED : Ownership.EXCLUSIVE))
                    .set(id, 1, data(9, 8, 7, 6, 5, 4))
                    .set(id, 2, new Value.PerCpu(each))
                    .set(id, 3, new Value.PerCpu(Collections.nCopies(cpus, each.getFirst())));
        }
        assertSettles();
        for (MapType type : types) {
            Map<Bytes, Bytes> found = contents(type.number());
            Bytes padding = Bytes.zeros(2);
            assertEquals(repeated(data(9, 8, 7, 6, 5, 4).bytes().concat(padding), cpus),
                    found.get(key(1)));
            Bytes all = Bytes.empty();
            for (Bytes one : each) {
                all = all.concat(one).concat(padding);
            }
            assertEquals(all, found.get(key(2)));
        }
        fleet.set(MapType.PERCPU_ARRAY.number(), 1, data(0, 0, 0, 0, 0, 0))
                .delete(MapType.PERCPU_HASH.number(), 1);
        assertSettles();
        assertEquals(Bytes.zeros(8 * cpus), contents(MapType.PERCPU_ARRAY.number()).get(key(1)));
        assertEquals(2, contents(MapType.PERCPU_HASH.number()).size());
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aNodeWithAnotherNumberOfCpusSaysSoAndKeepsWhatItHad(Side side) throws Exception {
        on(side);
        fleet.define(1, spec(MapType.PERCPU_HASH, 4, 8, 4, 0))
                .set(1, 1, data(1, 0, 0, 0, 0, 0, 0, 0));
        assertSettles();
        Map<Bytes, Bytes> before = contents(1);
        fleet.set(1, 1, new Value.PerCpu(Collections.nCopies(1000, Bytes.zeros(8))))
                .set(1, 2, data(2, 0, 0, 0, 0, 0, 0, 0));
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            List<Condition> conditions = reconciler.advance(fleet.desired(), 0).conditions();
            assertEquals(1, conditions.size());
            assertTrue(conditions.getFirst().message().contains("has 1000 values, this host has"),
                    conditions.toString());
        }
        assertEquals(before.get(key(1)), contents(1).get(key(1)));
        assertEquals(2, contents(1).size());
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void prefixesComeAndGo(Side side) throws Exception {
        on(side);
        fleet.define(1, spec(MapType.LPM_TRIE, 8, 1, 3, MapFlags.NO_PREALLOC))
                .set(1, prefix(8, 10, 0, 0, 7), data(8))
                .set(1, prefix(24, 10, 1, 2, 0), data(24))
                .set(1, prefix(0, 0, 0, 0, 0), data(0));
        assertSettles();
        assertEquals(Map.of(prefix(8, 10, 0, 0, 7), Bytes.of(8), prefix(24, 10, 1, 2, 0),
                Bytes.of(24), prefix(0, 0, 0, 0, 0), Bytes.of(0)), contents(1));
        fleet.remove(1)
                .define(1, spec(MapType.LPM_TRIE, 8, 1, 3, MapFlags.NO_PREALLOC))
                .set(1, prefix(8, 10, 3, 3, 3), data(9))
                .set(1, prefix(25, 10, 1, 2, 0), data(25))
                .set(1, prefix(32, 1, 1, 1, 1), data(32));
        assertSettles();
        assertEquals(Map.of(prefix(8, 10, 3, 3, 3), Bytes.of(9), prefix(25, 10, 1, 2, 0),
                Bytes.of(25), prefix(32, 1, 1, 1, 1), Bytes.of(32)), contents(1));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whatOthersPutIntoAnLruStays(Side side) throws Exception {
        on(side);
        fleet.define(1, spec(MapType.LRU_HASH, 4, 4, 101, MapFlags.NO_COMMON_LRU))
                .set(1, 1, 1)
                .set(1, 2, 2);
        assertSettles();
        try (KernelMap map = open(1)) {
            map.update(key(50), key(50), UpdateFlags.ANY);
            map.update(key(2), key(3), UpdateFlags.ANY);
        }
        fleet.delete(1, 1);
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            reconciler.advance(fleet.desired(), 0);
            assertEquals(key(50), contents(1).get(key(50)), "an agent that starts");
            assertEquals(key(2), contents(1).get(key(2)));
            fleet.set(1, 3, 3);
            reconciler.advance(fleet.desired(), 0);
            assertEquals(key(3), contents(1).get(key(3)));
            reconciler.advance(fleet.delete(1, 3).desired(), 0);
            assertEquals(null, contents(1).get(key(3)), "one that wrote it");
            assertEquals(key(50), contents(1).get(key(50)));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void queuesAndFiltersAreSeededOnceAndNeverTouchedAgain(Side side) throws Exception {
        on(side);
        for (MapType type : List.of(MapType.QUEUE, MapType.STACK)) {
            fleet.define(type.number(), spec(type, 0, 1, 4, 0));
            for (int i = 0; i < 3; i++) {
                fleet.set(type.number(), Bytes.u64be(i), data(10 + i));
            }
        }
        fleet.define(1, spec(MapType.BLOOM_FILTER, 0, 1, 4, 0)).set(1, Bytes.empty(), data(77));
        assertSettles();
        fleet.set(MapType.QUEUE.number(), Bytes.u64be(3), data(13));
        assertSettles();
        try (KernelMap queue = open(MapType.QUEUE.number());
                KernelMap stack = open(MapType.STACK.number())) {
            for (int i = 0; i < 3; i++) {
                assertEquals(Bytes.of(10 + i), queue.lookupAndDelete(Bytes.empty()).orElseThrow());
                assertEquals(Bytes.of(12 - i), stack.lookupAndDelete(Bytes.empty()).orElseThrow());
            }
            assertTrue(queue.lookupAndDelete(Bytes.empty()).isEmpty());
        }
        assertSettles();
        try (KernelMap queue = open(MapType.QUEUE.number())) {
            assertTrue(queue.lookup(Bytes.empty()).isEmpty(), "what programs took is not put back");
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void typesOfWhichNodesOwnTheContentsAreCreatedAndPinned(Side side) throws Exception {
        on(side);
        OBSERVED.forEach((type, spec) -> fleet.define(type.number(), spec));
        assertSettles();
        for (MapType type : OBSERVED.keySet()) {
            try (KernelMap map = open(type.number())) {
                assertEquals(type, map.info().spec().type());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void innerMapsMayBeOfTheseTypes(Side side) throws Exception {
        on(side);
        inner(11, spec(MapType.LPM_TRIE, 8, 1, 3, MapFlags.NO_PREALLOC), MapType.HASH_OF_MAPS);
        inner(12, spec(MapType.LRU_HASH, 4, 4, 16, 0), MapType.ARRAY_OF_MAPS);
        inner(13, spec(MapType.PERCPU_ARRAY, 4, 8, 2, 0), MapType.ARRAY_OF_MAPS);
        inner(14, spec(MapType.QUEUE, 0, 1, 2, 0), MapType.HASH_OF_MAPS);
        inner(15, spec(MapType.CPUMAP, 4, 4, 2, 0), MapType.ARRAY_OF_MAPS);
        OBSERVED.forEach((type, spec) -> {
            if (!type.word().endsWith("cgroup_storage")) {
                inner(100 + type.number(), spec, MapType.ARRAY_OF_MAPS);
            }
        });
        fleet.set(11, prefix(8, 10, 0, 0, 0), data(1))
                .set(12, 1, 1)
                .set(13, 1, data(1, 2, 3, 4, 5, 6, 7, 8))
                .set(14, Bytes.u64be(0), data(5))
                .set(15, 0, 192);
        assertSettles();
        for (long id = 11; id <= 15; id++) {
            try (KernelMap outer = open(id + 1000); KernelMap inner = open(id)) {
                assertEquals(Bytes.u32le(inner.info().id()), outer.lookup(key(1)).orElseThrow());
            }
        }
    }

    private void inner(long id, MapSpec spec, MapType outer) {
        MapSpec outerSpec = MapSpec.of("default", "outer_" + id, outer, 4, 4, 2)
                .withInnerTemplate(spec.asTemplate());
        fleet.defineInner(id, spec)
                .define(id + 1000, outerSpec)
                .slot(id + 1000, 1, id);
    }

    /** All is as desired, and an agent that starts now finds nothing to do. */
    private void assertSettles() throws KernelException {
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
            reconciler.release(0);
        }
        assertEquals("", Restart.plan(tested.kernel(), tested.root(), fleet.desired()).toString());
    }

    private Map<Bytes, Bytes> contents(long id) throws KernelException {
        try (KernelMap map = open(id)) {
            Map<Bytes, Bytes> contents = new TreeMap<>();
            for (KernelElement element : map.readAll()) {
                contents.put(element.key(), element.value());
            }
            return contents;
        }
    }

    private KernelMap open(long id) throws KernelException {
        return tested.kernel()
                .openPin(new PinPaths(tested.root()).of(fleet.map(id)))
                .orElseThrow();
    }

    private static Map<MapType, MapSpec> observed() {
        Map<MapType, MapSpec> specs = new TreeMap<>();
        for (MapSpec spec : List.of(spec(MapType.PERF_EVENT_ARRAY, 4, 4, 2, 0),
                spec(MapType.STACK_TRACE, 4, 64, 2, 0), spec(MapType.SOCKMAP, 4, 8, 2, 0),
                spec(MapType.XSKMAP, 4, 4, 2, 0), spec(MapType.SOCKHASH, 8, 4, 2, 0),
                spec(MapType.CGROUP_STORAGE, 8, 4, 0, 0),
                spec(MapType.REUSEPORT_SOCKARRAY, 4, 8, 2, 0),
                spec(MapType.PERCPU_CGROUP_STORAGE, 16, 4, 0, 0),
                spec(MapType.RINGBUF, 0, 0, 4096, 0), spec(MapType.USER_RINGBUF, 0, 0, 4096, 0),
                spec(MapType.ARENA, 0, 0, 2, MapFlags.MMAPABLE))) {
            specs.put(spec.type(), spec);
        }
        return specs;
    }

    private static MapSpec spec(MapType type, int keySize, int valueSize, int maxEntries,
            int flags) {
        return MapSpec.of("default", type.word() + "_", type, keySize, valueSize, maxEntries)
                .withFlags(flags);
    }

    private static Bytes key(int key) {
        return Bytes.u32le(key);
    }

    private static Bytes prefix(int length, int... data) {
        return Bytes.u32le(length).concat(Bytes.of(data));
    }

    private static Value.Data data(int... bytes) {
        return new Value.Data(Bytes.of(bytes));
    }

    private static Bytes repeated(Bytes bytes, int times) {
        return Collections.nCopies(times, bytes).stream().reduce(Bytes.empty(), Bytes::concat);
    }
}
