package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.UpdateFlags;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Maps in which programs count, defined with nothing said of who owns them: no agent takes a count back. */
final class ProgramCountersTest {
    private static final List<MapType> TYPES = List.of(MapType.PERCPU_HASH, MapType.PERCPU_ARRAY,
            MapType.LRU_PERCPU_HASH);
    /** Zero in the store. */
    private static final int COUNTER = 1;
    private static final int PRESET = 2;
    /** Not in the store. */
    private static final int FOREIGN = 3;

    private final Fleet fleet = new Fleet();
    private final List<KernelUnderTest> tested = new ArrayList<>();
    private long nowNanos;

    private void on(Side side) {
        tested.add(new KernelUnderTest(side));
        for (MapType type : TYPES) {
            fleet.define(type.number(), Fleet.spec(type.word(), type, 16))
                    .set(type.number(), COUNTER, 0)
                    .set(type.number(), PRESET, 7);
        }
    }

    @AfterEach
    void close() throws Exception {
        for (KernelUnderTest one : tested) {
            one.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void lookingForDriftTakesNoCountBack(Side side) throws Exception {
        on(side);
        try (Reconciler reconciler = begin(Optional.empty())) {
            TYPES.forEach(type -> {
                count(type, COUNTER, 41);
                count(type, FOREIGN, 43);
            });
            pass(reconciler);
            assertEquals(0, reconciler.progress().drift().drifts().size(),
                    reconciler.progress().drift().toString());
            TYPES.forEach(type -> assertCounts(type, Map.of(COUNTER, 41, PRESET, 7, FOREIGN, 43)));
            // What the store has a number for is the store's, also here.
            TYPES.forEach(type -> count(type, PRESET, 42));
            pass(reconciler);
            assertEquals(TYPES.size(), reconciler.progress().drift().drifts().size());
            TYPES.forEach(type -> assertCounts(type, Map.of(COUNTER, 41, PRESET, 7, FOREIGN, 43)));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void anAgentThatStartsTakesNoCountBackWithAndWithoutACheckpoint(Side side) throws Exception {
        on(side);
        begin(Optional.empty()).close();
        TYPES.forEach(type -> {
            count(type, COUNTER, 41);
            count(type, FOREIGN, 43);
        });
        begin(Optional.of(fleet.desired())).close();
        begin(Optional.empty()).close();
        TYPES.forEach(type -> assertCounts(type, Map.of(COUNTER, 41, PRESET, 7, FOREIGN, 43)));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aCounterThatIsDeletedComesBackAsZero(Side side) throws Exception {
        on(side);
        try (Reconciler reconciler = begin(Optional.empty());
                KernelMap map = open(MapType.PERCPU_HASH)) {
            count(MapType.PERCPU_HASH, COUNTER, 41);
            assertTrue(map.delete(Bytes.u32le(COUNTER)));
            pass(reconciler);
            assertEquals(1, reconciler.progress().drift().drifts().size());
            assertCounts(MapType.PERCPU_HASH, Map.of(COUNTER, 0, PRESET, 7));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whatTheStoreSetsToZeroIsSetToZeroOnceAlsoWhileNoAgentRuns(Side side) throws Exception {
        on(side);
        Desired before = fleet.desired();
        try (Reconciler reconciler = begin(Optional.empty())) {
            TYPES.forEach(type -> fleet.set(type.number(), PRESET, 0));
            assertEquals(List.of(), reconciler.advance(fleet.desired(), nowNanos).conditions());
            TYPES.forEach(type -> assertEquals(0, counts(type).getOrDefault(PRESET, 0)));
            TYPES.forEach(type -> count(type, PRESET, 44));
            pass(reconciler);
            TYPES.forEach(type -> assertEquals(44, counts(type).get(PRESET)));
        }
        TYPES.forEach(type -> count(type, PRESET, 7));
        // The agent before knew it with a number.
        begin(Optional.of(before)).close();
        for (MapType type : List.of(MapType.PERCPU_HASH, MapType.LRU_PERCPU_HASH)) {
            assertCounts(type, Map.of(COUNTER, 0, PRESET, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aMapThatIsDeclaredExclusiveIsPutBackWholly(Side side) throws Exception {
        on(side);
        for (MapType type : List.of(MapType.PERCPU_HASH, MapType.PERCPU_ARRAY)) {
            fleet.define(type.number(), Fleet.spec(type.word(), type, 16)
                    .withOwnership(Ownership.EXCLUSIVE)).set(type.number(), COUNTER, 0);
        }
        try (Reconciler reconciler = begin(Optional.empty())) {
            count(MapType.PERCPU_HASH, COUNTER, 41);
            count(MapType.PERCPU_HASH, FOREIGN, 43);
            count(MapType.PERCPU_ARRAY, FOREIGN, 43);
            pass(reconciler);
            assertCounts(MapType.PERCPU_HASH, Map.of(COUNTER, 0));
            assertEquals(0, counts(MapType.PERCPU_ARRAY).get(FOREIGN));
        }
    }

    /** An agent that starts and has nothing left to do. */
    private Reconciler begin(Optional<Desired> remembered) throws KernelException {
        Reconciler reconciler = new Reconciler(tested.getLast().kernel(), tested.getLast().root(),
                Reconciler.DEFAULT_KEEP_GENERATIONS, DriftOptions.DEFAULT);
        remembered.ifPresent(reconciler::remember);
        assertEquals(List.of(), reconciler.advance(fleet.desired(), nowNanos).conditions());
        Progress _ = reconciler.release(nowNanos);
        return reconciler;
    }

    /** Until all elements were read from now on, and what was found is mended. */
    private void pass(Reconciler reconciler) {
        long until = reconciler.progress().drift().totals().passes() + 2;
        for (int look = 0; reconciler.progress().drift().totals().passes() < until; look++) {
            assertTrue(look < 10_000, "no pass comes to its end");
            nowNanos = Math.max(nowNanos, reconciler.inspectionDueNanos(nowNanos).orElseThrow());
            Inspection _ = reconciler.inspect(nowNanos);
        }
        assertEquals(List.of(), reconciler.progress().conditions());
    }

    /** As a program does on the first CPU. */
    private void count(MapType type, int key, int value) {
        try (KernelMap map = open(type)) {
            int cpus = tested.getLast().kernel().possibleCpus();
            map.update(Bytes.u32le(key),
                    Collections.nCopies(cpus - 1, Bytes.zeros(8))
                            .stream()
                            .reduce(Bytes.u64le(value), Bytes::concat),
                    UpdateFlags.ANY);
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    private void assertCounts(MapType type, Map<Integer, Integer> expected) {
        Map<Integer, Integer> found = counts(type);
        if (type == MapType.PERCPU_ARRAY) {
            found.values().removeIf(value -> value == 0);
        }
        assertEquals(new TreeMap<>(expected), found, type.word());
    }

    /** Of the first CPU. */
    private Map<Integer, Integer> counts(MapType type) {
        Map<Integer, Integer> found = new TreeMap<>();
        try (KernelMap map = open(type)) {
            for (KernelElement element : map.readAll()) {
                found.put(element.key().intLe(0), element.value().intLe(0));
            }
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
        return found;
    }

    private KernelMap open(MapType type) throws KernelException {
        return tested.getLast()
                .kernel()
                .openPin(new PinPaths(tested.getLast().root()).of(fleet.map(type.number())))
                .orElseThrow();
    }
}
