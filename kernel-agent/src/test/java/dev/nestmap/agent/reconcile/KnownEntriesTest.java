package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.UpdateFlags;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The entries of a map are known without counting where, and only where, the agent sees whatever comes and goes. */
final class KnownEntriesTest {
    private static final long HASH = 1;
    private static final int OURS = 2;
    private static final int FOREIGN = 9;

    private final Fleet fleet = new Fleet();
    private @Nullable KernelUnderTest tested;
    private long nowNanos;

    @AfterEach
    void close() throws Exception {
        if (tested != null) {
            tested.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void afterEachPassTheyAreThoseInTheKernelWhoeverWroteThem(Side side) throws Exception {
        fleet.define(HASH, Fleet.spec("hash", MapType.HASH, 16)).set(HASH, 1, 11).set(HASH, 2, 12);
        try (Reconciler reconciler = begin(side, DriftOptions.DEFAULT);
                KernelMap map = open("hash")) {
            assertEquals(OptionalLong.of(OURS), known(reconciler, HASH));
            int most = 0;
            for (int i = 0; i < 10; i++) {
                map.update(Bytes.u32le(FOREIGN), Bytes.u32le(i), UpdateFlags.ANY);
                pass(reconciler);
                int there = map.readAll().size();
                most = Math.max(most, there);
                assertEquals(OptionalLong.of(there), known(reconciler, HASH));
            }
            // Mending is held back, so that the other's entry stays for a while.
            assertEquals(State.HELD_BACK,
                    reconciler.progress().drift().drifts().getFirst().state());
            assertEquals(OURS + 1, most);
            assertTrue(map.delete(Bytes.u32le(1)));
            assertTrue(map.delete(Bytes.u32le(2)));
            pass(reconciler);
            assertEquals(OptionalLong.of(map.readAll().size()), known(reconciler, HASH));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void theyAreNotKnownWhereOthersOwnEntriesOrTheKernelEvictsOrNobodyLooks(Side side)
            throws Exception {
        MapSpec hash = Fleet.spec("hash", MapType.HASH, 16);
        fleet.define(HASH, hash)
                .define(2, Fleet.spec("shared", MapType.HASH, 16).withOwnership(Ownership.SHARED))
                .define(3, Fleet.spec("seed", MapType.HASH, 16).withOwnership(Ownership.SEED))
                .define(4,
                        Fleet.spec("observed", MapType.HASH, 16).withOwnership(Ownership.OBSERVED))
                .define(5, Fleet.spec("lru", MapType.LRU_HASH, 16)
                        .withOwnership(Ownership.EXCLUSIVE))
                .define(6, Fleet.spec("frozen", MapType.HASH, 16))
                .freeze(6)
                .define(7, Fleet.spec("sure", MapType.HASH, 16).withFlags(MapFlags.RDONLY_PROG))
                .freeze(7)
                .define(8, Fleet.spec("outer", MapType.HASH_OF_MAPS, 4))
                .define(9, MapSpec.of("default", "trie", MapType.LPM_TRIE, 8, 4, 16)
                        .withFlags(MapFlags.NO_PREALLOC)
                        .withOwnership(Ownership.EXCLUSIVE));
        try (Reconciler reconciler = begin(side, DriftOptions.DEFAULT)) {
            assertEquals(List.of(1L, 7L, 8L, 9L), known(reconciler));
        }
        try (Reconciler reconciler = new Reconciler(tested().kernel(), tested().root(), 2,
                DriftOptions.DEFAULT.withPass(Duration.ZERO))) {
            assertEquals(List.of(), reconciler.advance(fleet.desired(), nowNanos).conditions());
            // What is frozen for programs too cannot change; slots are looked at each second in any case.
            assertEquals(List.of(7L, 8L), known(reconciler));
        }
    }

    private static List<Long> known(Reconciler reconciler) {
        return reconciler.progress()
                .maps()
                .stream()
                .filter(map -> map.knownEntries().isPresent())
                .map(HeldMap::mapId)
                .toList();
    }

    private static OptionalLong known(Reconciler reconciler, long id) {
        return reconciler.progress()
                .maps()
                .stream()
                .filter(map -> map.mapId() == id)
                .findFirst()
                .orElseThrow()
                .knownEntries();
    }

    private KernelUnderTest tested() {
        if (tested == null) {
            throw new AssertionError("no side yet");
        }
        return tested;
    }

    private KernelMap open(String name) throws KernelException {
        return tested().kernel()
                .openPin(tested().root().resolve("default").resolve(name))
                .orElseThrow();
    }

    private Reconciler begin(Side side, DriftOptions options) throws KernelException {
        tested = new KernelUnderTest(side);
        Reconciler reconciler = new Reconciler(tested.kernel(), tested.root(), 2, options);
        assertEquals(List.of(), reconciler.advance(fleet.desired(), nowNanos).conditions());
        return reconciler;
    }

    /** Until all elements were read from now on. */
    private void pass(Reconciler reconciler) {
        long until = reconciler.progress().drift().totals().passes() + 2;
        for (int look = 0; reconciler.progress().drift().totals().passes() < until; look++) {
            assertTrue(look < 10_000, "no pass comes to its end");
            nowNanos = Math.max(nowNanos, reconciler.inspectionDueNanos(nowNanos).orElseThrow());
            Inspection _ = reconciler.inspect(nowNanos);
        }
    }
}
