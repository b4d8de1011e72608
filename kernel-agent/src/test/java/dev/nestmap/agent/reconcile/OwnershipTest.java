package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an agent does to elements that it did not write, in the running kernel and in the simulated one. */
final class OwnershipTest {
    private static final List<MapType> PLAIN = List.of(MapType.HASH, MapType.ARRAY,
            MapType.PERCPU_HASH, MapType.PERCPU_ARRAY, MapType.LPM_TRIE);

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
    void ofASharedMapOnlyWhatTheStoreWantedIsEverTouched(Side side) throws Exception {
        on(side);
        for (MapType type : PLAIN) {
            fleet.define(type.number(), spec(type, Ownership.SHARED))
                    .set(type.number(), key(type, 1), data(11))
                    .set(type.number(), key(type, 2), data(12));
        }
        try (Reconciler reconciler = begin()) {
            for (MapType type : PLAIN) {
                write(type, 9, 99);
                write(type, 2, 77);
                fleet.set(type.number(), key(type, 3), data(13));
                remove(type, 1);
            }
            assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
            // Of what somebody else wrote in the meantime nothing is known yet.
            PLAIN.forEach(type -> assertHolds(type, Map.of(2, 77, 3, 13, 9, 99)));
        }
        begin().close();
        PLAIN.forEach(type -> assertHolds(type, Map.of(2, 12, 3, 13, 9, 99)));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void anAgentThatStartsRemovesFromASharedMapWhatTheOneBeforeWrote(Side side) throws Exception {
        on(side);
        for (MapType type : PLAIN) {
            fleet.define(type.number(), spec(type, Ownership.SHARED))
                    .set(type.number(), key(type, 1), data(11))
                    .set(type.number(), key(type, 2), data(12));
        }
        begin().close();
        Desired before = fleet.desired();
        PLAIN.forEach(type -> {
            write(type, 9, 99);
            remove(type, 1);
        });
        begin().close();
        PLAIN.forEach(type -> assertHolds(type, Map.of(1, 11, 2, 12, 9, 99)));
        try (Reconciler told = new Reconciler(tested.kernel(), tested.root())) {
            told.remember(before);
            assertEquals(List.of(), told.advance(fleet.desired(), 0).conditions());
        }
        PLAIN.forEach(type -> assertHolds(type, Map.of(2, 12, 9, 99)));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void ofAnExclusiveMapEverythingElseIsRemoved(Side side) throws Exception {
        on(side);
        for (MapType type : PLAIN) {
            fleet.define(type.number(), spec(type, Ownership.EXCLUSIVE))
                    .set(type.number(), key(type, 1), data(11));
        }
        begin().close();
        PLAIN.forEach(type -> write(type, 9, 99));
        begin().close();
        PLAIN.forEach(type -> assertHolds(type, Map.of(1, 11)));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aSeedIsWrittenOnceWhenTheMapIsCreated(Side side) throws Exception {
        on(side);
        for (MapType type : PLAIN) {
            fleet.define(type.number(), spec(type, Ownership.SEED))
                    .set(type.number(), key(type, 1), data(11))
                    .set(type.number(), key(type, 2), data(12));
        }
        begin().close();
        PLAIN.forEach(type -> {
            assertHolds(type, Map.of(1, 11, 2, 12));
            write(type, 1, 77);
            write(type, 9, 99);
            fleet.set(type.number(), key(type, 3), data(13));
            remove(type, 2);
        });
        try (Reconciler reconciler = begin()) {
            PLAIN.forEach(type -> {
                assertHolds(type, Map.of(1, 77, 2, 12, 9, 99));
                fleet.set(type.number(), key(type, 4), data(14));
            });
            assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
        }
        PLAIN.forEach(type -> assertHolds(type, Map.of(1, 77, 2, 12, 9, 99)));
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aSeedForAnotherNumberOfCpusIsNotWrittenInPart(Side side) throws Exception {
        on(side);
        long id = MapType.PERCPU_HASH.number();
        fleet.define(id, spec(MapType.PERCPU_HASH, Ownership.SEED))
                .set(id, key(MapType.PERCPU_HASH, 1),
                        new Value.PerCpu(Collections.nCopies(1000, Bytes.u32le(1))));
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            List<Condition> conditions = reconciler.advance(fleet.desired(), 0).conditions();
            assertEquals(1, conditions.size());
            assertTrue(conditions.getFirst().message().contains("1000 values"),
                    conditions.toString());
        }
        assertTrue(tested.kernel()
                .openPin(new PinPaths(tested.root()).of(fleet.map(id)))
                .isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void anObservedMapIsMadeAndNeverWrittenAlsoInTheSlotOfAnOuterMapThatIsOurs(Side side)
            throws Exception {
        on(side);
        MapSpec inner = Fleet.spec("groups", MapType.HASH, 16).withOwnership(Ownership.OBSERVED);
        fleet.defineInner(1, inner)
                .define(2, MapSpec.of("default", "outer", MapType.HASH_OF_MAPS, 4, 4, 4)
                        .withInnerTemplate(inner.asTemplate()))
                .slot(2, 5, 1);
        begin().close();
        Bytes key = Bytes.u32le(7);
        try (KernelMap map = open(1)) {
            map.update(key, key, UpdateFlags.ANY);
        }
        fleet.slot(2, 6, 1);
        begin().close();
        try (KernelMap map = open(1); KernelMap outer = open(2)) {
            assertEquals(key, map.lookup(key).orElseThrow());
            Bytes kernelId = Bytes.u32le(map.info().id());
            assertEquals(kernelId, outer.lookup(Bytes.u32le(5)).orElseThrow());
            assertEquals(kernelId, outer.lookup(Bytes.u32le(6)).orElseThrow());
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void ofTheSlotsOfASharedOuterMapOnlyOursChange(Side side) throws Exception {
        on(side);
        fleet.defineInner(1)
                .define(2, Fleet.spec("outer", MapType.HASH_OF_MAPS, 4)
                        .withOwnership(Ownership.SHARED))
                .slot(2, 5, 1)
                .slot(2, 6, 1);
        begin().close();
        Desired before = fleet.desired();
        try (KernelMap outer = open(2); KernelMap foreign = tested.create(MapType.ARRAY, 4)) {
            outer.updateSlot(Bytes.u32le(9), foreign, UpdateFlags.ANY);
            fleet.delete(2, 5);
            try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
                reconciler.remember(before);
                assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
            }
            assertEquals(Bytes.u32le(foreign.info().id()),
                    outer.lookup(Bytes.u32le(9)).orElseThrow());
            assertTrue(outer.lookup(Bytes.u32le(5)).isEmpty());
            assertTrue(outer.lookup(Bytes.u32le(6)).isPresent());
        }
    }

    @Test
    void whatAFailedWriteMayHaveLeftInASharedMapIsRemovedLater() throws Exception {
        Host host = new Host();
        fleet.define(1, Fleet.spec("m", MapType.HASH, 8).withOwnership(Ownership.SHARED))
                .set(1, 1, 11);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        // It stops behind the first of two.
        host.kernel.inject(operation -> {
            if (operation.startsWith("update ") && operation.contains("03 00 00 00")) {
                throw new KernelException(operation, Errno.ENOMEM);
            }
        });
        fleet.set(1, 2, 12).set(1, 3, 13);
        assertEquals(1, host.reconcile(fleet.desired()).conditions().size());
        host.watch();
        fleet.delete(1, 2).delete(1, 3);
        host.pass(10_000);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    /** An agent that starts and has nothing left to do. */
    private Reconciler begin() throws KernelException {
        Reconciler reconciler = new Reconciler(tested.kernel(), tested.root());
        assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
        Progress _ = reconciler.release(0);
        return reconciler;
    }

    private void remove(MapType type, int number) {
        Bytes key = key(type, number);
        if (MapRules.isDense(type)) {
            fleet.set(type.number(), key, data(0));
        } else {
            fleet.delete(type.number(), key);
        }
    }

    private void write(MapType type, int number, int value) {
        try (KernelMap map = open(type.number())) {
            int copies = map.valueWidth() / Integer.BYTES;
            Bytes bytes = Collections
                    .nCopies(copies == 1 ? 1 : copies / 2,
                            copies == 1
                                    ? Bytes.u32le(value)
                                    : Bytes.u32le(value).concat(Bytes.zeros(4)))
                    .stream()
                    .reduce(Bytes.empty(), Bytes::concat);
            map.update(key(type, number), bytes, UpdateFlags.ANY);
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    /** Elements by their numbers; of an array those that are not zero, of all CPUs the first. */
    private void assertHolds(MapType type, Map<Integer, Integer> expected) {
        Map<Integer, Integer> found = new TreeMap<>();
        try (KernelMap map = open(type.number())) {
            for (KernelElement element : map.readAll()) {
                int value = element.value().intLe(0);
                if (value != 0 || !MapRules.isDense(type)) {
                    found.put(element.key().intLe(element.key().size() - 4), value);
                }
            }
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
        assertEquals(new TreeMap<>(expected), found, type.word());
    }

    private KernelMap open(long id) throws KernelException {
        return tested.kernel()
                .openPin(new PinPaths(tested.root()).of(fleet.map(id)))
                .orElseThrow();
    }

    private static MapSpec spec(MapType type, Ownership ownership) {
        MapSpec spec = MapSpec.of("default", type.word() + "_", type,
                type == MapType.LPM_TRIE ? 8 : 4, 4, 16);
        return spec.withFlags(type == MapType.LPM_TRIE ? MapFlags.NO_PREALLOC : 0)
                .withOwnership(ownership);
    }

    private static Bytes key(MapType type, int number) {
        return type == MapType.LPM_TRIE
                ? Bytes.u32le(32).concat(Bytes.u32le(number))
                : Bytes.u32le(number);
    }

    private static Value.Data data(int value) {
        return new Value.Data(Bytes.u32le(value));
    }
}
