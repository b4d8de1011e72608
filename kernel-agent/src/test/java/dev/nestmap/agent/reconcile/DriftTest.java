package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an agent does about others who write into its maps, in simulated time. */
final class DriftTest {
    private static final Path ROUTES = Host.ROOT.resolve("default/routes");
    private static final Path OUTER = Host.ROOT.resolve("default/outer");

    private final Host host;
    private final Fleet fleet = new Fleet();

    DriftTest() throws KernelException {
        host = new Host();
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8000))
                .set(1, 1, 11)
                .set(1, 2, 12)
                .define(2, Fleet.sealed("outer", MapType.ARRAY_OF_MAPS, 4))
                .defineInner(3)
                .set(3, 0, 30)
                .slot(2, 0, 3);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
    }

    private void put(int key, int value) throws KernelException {
        try (KernelMap map = host.open(ROUTES)) {
            map.update(Bytes.u32le(key), Bytes.u32le(value), 0);
        }
    }

    @Test
    void nothingIsWrittenWhereNobodyChangedAnything() throws Exception {
        host.takeWrites();
        assertEquals(0, host.live(600_000).drift().drifts().size());
        assertEquals(List.of(), host.takeWrites());
        assertTrue(host.live(1).drift().totals().passes() > 2);
    }

    @Test
    void whoWritesAgainstTheAgentForAnHourIsMendedSeldomAndTold() throws Exception {
        int mended = 0;
        int theirs = 0;
        for (int second = 0; second < 3600; second++) {
            put(1, 1000 + second);
            theirs++;
            host.takeWrites();
            host.live(1000);
            mended += host.takeWrites().size();
        }
        Progress progress = host.live(0);
        System.out.printf(
                "repair war of an hour: %d writes of another writer, %d of the agent, %s%n",
                theirs, mended, progress.drift().totals());
        assertTrue(mended >= 10 && mended <= 40, "mended " + mended + " times");
        Drift drift = progress.drift().drifts().getFirst();
        assertEquals("01 00 00 00", drift.key());
        assertEquals(State.HELD_BACK, drift.state());
        assertEquals(1, progress.conditions().size());
        assertTrue(progress.conditions().getFirst().message().contains("somebody else writes it"),
                progress.conditions().toString());
        // They stop.
        assertEquals(List.of(), host.live(400_000).conditions());
        host.assertVisible(fleet.desired(), 2);
    }

    @Test
    void whoTakesASealedTableOutOfItsSlotAgainAndAgainCostsFewGracePeriods() throws Exception {
        int mended = 0;
        for (int second = 0; second < 1800; second++) {
            try (KernelMap outer = host.open(OUTER)) {
                boolean _ = outer.delete(Bytes.u32le(0));
            }
            host.takeWrites();
            host.live(1000);
            mended += host.takeWrites().size();
        }
        assertTrue(mended >= 8 && mended <= 20, "mended " + mended + " times");
    }

    @Test
    void whatTheStoreChangesIsWrittenAtOnceThoughMendingIsHeldBack() throws Exception {
        for (int second = 0; second < 60; second++) {
            put(1, 1000 + second);
            host.live(1000);
        }
        assertEquals(State.HELD_BACK, host.live(0).drift().drifts().getFirst().state());
        fleet.set(1, 2, 22);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertVisible(fleet.desired(), 2);
        assertEquals(State.MENDED, host.live(0).drift().drifts().getFirst().state());
    }

    @Test
    void anOuterMapThatWaitsForADriftedInnerMapGetsItWithTheMending() throws Exception {
        fleet.define(4, Fleet.spec("plain", MapType.ARRAY_OF_MAPS, 4))
                .define(5, Fleet.spec("inner", MapType.ARRAY, 4))
                .set(5, 0, 1);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        try (KernelMap inner = host.open(Host.ROOT.resolve("default/inner"))) {
            for (int i = 0; i < 6; i++) {
                inner.update(Bytes.u32le(0), Bytes.u32le(9 + i), 0);
                host.live(3000);
            }
            inner.update(Bytes.u32le(0), Bytes.u32le(99), 0);
        }
        for (int i = 0; i < 100 && host.live(0).conditions().isEmpty(); i++) {
            host.live(100);
        }
        fleet.slot(4, 0, 5);
        assertTrue(host.reconcile(fleet.desired())
                .conditions()
                .stream()
                .anyMatch(condition -> condition.mapId() == 4));
        assertEquals(List.of(), host.live(600_000).conditions());
        host.assertHolds(fleet.desired(), fleet.map(5));
        assertEquals(host.kernelId(Host.ROOT.resolve("default/inner")),
                host.inSlot(Host.ROOT.resolve("default/plain"), 0));
    }

    @Test
    void thousandsOfDifferencesInOneMapAreMendedTogetherAndToldInPart() throws Exception {
        for (int key = 100; key < 7100; key++) {
            put(key, key);
        }
        Progress progress = host.live(600_000);
        assertEquals(List.of(), progress.conditions());
        host.assertVisible(fleet.desired(), 2);
        assertTrue(progress.drift().drifts().size() <= 64, progress.drift().toString());
        assertTrue(progress.drift().totals().found().getOrDefault(DriftKind.CONTENTS, 0L) >= 4096,
                progress.drift().totals().toString());
    }

    @Test
    void anAgentThatStartsMendsWhatWasChangedMeanwhileAndWatchesOn() throws Exception {
        put(1, 99);
        host.restart();
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertVisible(fleet.desired(), 2);
        put(5, 5);
        try (KernelMap outer = host.open(OUTER)) {
            assertTrue(outer.delete(Bytes.u32le(0)));
        }
        Progress progress = host.live(600_000);
        assertEquals(List.of(), progress.conditions());
        assertEquals(2, progress.drift().drifts().size());
        assertTrue(progress.drift().drifts().stream().noneMatch(Drift::isOpen));
        host.assertVisible(fleet.desired(), 2);
    }

    @Test
    void aPinThatAnotherMapTookIsAConditionAndIsTakenBackWhenItIsFree() throws Exception {
        int ours = host.kernelId(ROUTES);
        try (KernelMap other = host.kernel.create("x", KernelMapSpec
                .of(MapType.HASH, 4, 4, 8000, 0), null)) {
            host.kernel.unpin(ROUTES);
            other.pin(ROUTES);
            Progress progress = host.live(3000);
            assertEquals(DriftKind.IDENTITY, progress.drift().drifts().getFirst().kind());
            assertEquals(State.LEFT, progress.drift().drifts().getFirst().state());
            assertEquals(1, progress.conditions().size());
            assertEquals(other.info().id(), host.kernelId(ROUTES));
            host.kernel.unpin(ROUTES);
        }
        host.pass(2000);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(ours, host.kernelId(ROUTES));
        assertEquals(State.MENDED, host.live(0).drift().drifts().getFirst().state());
    }

    @Test
    void aMapThatIsNotWantedAnyMoreTakesItsDriftWithIt() throws Exception {
        for (int second = 0; second < 60; second++) {
            put(1, 1000 + second);
            host.live(1000);
        }
        fleet.remove(1);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertTrue(host.live(0).drift().drifts().stream().noneMatch(Drift::isOpen));
    }
}
