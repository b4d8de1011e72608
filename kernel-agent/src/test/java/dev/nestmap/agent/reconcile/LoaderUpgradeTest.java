package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.placement.Placement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Loaders that are upgraded exchange their maps, and take their pins away, on purpose. */
final class LoaderUpgradeTest {
    private static final MapSpec ROUTES = Fleet.spec("routes", MapType.HASH, 16);
    private static final MapSpec TABLE = Fleet.spec("table", MapType.ARRAY, 4);
    private static final MapSpec OUTER = Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4);

    private final Fleet fleet = new Fleet();

    /** The loader's map, taken up by the agent. */
    private Loader taken(Side side, Ownership ownership) throws Exception {
        Loader loader = new Loader(side, fleet);
        loader.pin(ROUTES, 1, 11);
        fleet.define(1, loader.pinned(ROUTES).withOwnership(ownership)).set(1, 1, 11);
        assertEquals(List.of(), loader.reconcile().conditions());
        assertEquals(List.of(), loader.live(2).drift().drifts());
        return loader;
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aMapThatTheLoaderPinnedAnewIsTakenUpAndBroughtToTheStoresContents(Side side)
            throws Exception {
        try (Loader loader = taken(side, Ownership.EXCLUSIVE);
                KernelMap former = loader.host.kernel()
                        .openPin(loader.pin("routes"))
                        .orElseThrow()) {
            int next = loader.pin(ROUTES, 9, 99);
            assertNotEquals(former.info().id(), next);
            assertEquals(List.of(), loader.live(2).conditions());
            assertEquals(next, loader.idAt("routes"));
            assertEquals(Map.of(1, 11), loader.contents("routes"));
            assertEquals(DriftKind.IDENTITY, loader.drift(1).kind());
            assertEquals(State.MENDED, loader.drift(1).state());
            assertEquals("pin " + loader.pin("routes"), loader.drift(1).key());
            assertEquals("kernel id " + former.info().id(), loader.drift(1).expected());
            assertTrue(loader.drift(1).note().contains("kernel id " + next),
                    loader.drift(1).note());
            fleet.set(1, 2, 12);
            assertEquals(List.of(), loader.reconcile().conditions());
            assertEquals(Map.of(1, 11, 2, 12), loader.contents("routes"));
            assertEquals(Map.of(1, 11), Loader.contents(former));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aMapThatTookThePinInOneStepIsTakenUpToo(Side side) throws Exception {
        try (Loader loader = taken(side, Ownership.EXCLUSIVE)) {
            int next = loader.pin(ROUTES.withName("routes_next"), 9, 99);
            loader.host.kernel().renamePin(loader.pin("routes_next"), loader.pin("routes"));
            assertEquals(List.of(), loader.live(2).conditions());
            assertEquals(next, loader.idAt("routes"));
            assertEquals(Map.of(1, 11), loader.contents("routes"));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void whatIsWrittenIntoTheNewMapFollowsItsOwnership(Side side) throws Exception {
        for (Ownership ownership : Ownership.values()) {
            try (Loader loader = taken(side, ownership)) {
                int next = loader.pin(ROUTES, 9, 99);
                assertEquals(List.of(), loader.live(2).conditions());
                assertEquals(State.MENDED, loader.drift(1).state());
                assertEquals(next, loader.idAt("routes"));
                assertEquals(switch (ownership) {
                    case EXCLUSIVE -> Map.of(1, 11);
                    case SHARED -> Map.of(1, 11, 9, 99);
                    case SEED, OBSERVED -> Map.of(9, 99);
                }, loader.contents("routes"), ownership.toString());
            }
            fleet.remove(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aMapOfAnotherDefinitionIsNotTouchedAndTheFormerOneIsWrittenOn(Side side)
            throws Exception {
        try (Loader loader = taken(side, Ownership.EXCLUSIVE);
                KernelMap former = loader.host.kernel()
                        .openPin(loader.pin("routes"))
                        .orElseThrow()) {
            int next = loader.pinHash("routes", 8);
            Progress progress = loader.live(5);
            assertEquals(1, progress.conditions().size());
            String message = progress.conditions().getFirst().message();
            assertTrue(message.contains("value_size 8") && message.contains("--on-mismatch migrate")
                    && message.contains(loader.pin("routes").toString()), message);
            assertEquals(DriftKind.DEFINITION, loader.drift(1).kind());
            assertEquals(State.LEFT, loader.drift(1).state());
            fleet.set(1, 2, 12);
            assertEquals(1, loader.reconcile().conditions().size());
            assertEquals(Map.of(1, 11, 2, 12), Loader.contents(former));
            assertEquals(next, loader.idAt("routes"));
            assertEquals(Map.of(), loader.contents("routes"));

            int right = loader.pin(ROUTES, 9, 99);
            assertEquals(List.of(), loader.live(2).conditions());
            assertEquals(right, loader.idAt("routes"));
            assertEquals(Map.of(1, 11, 2, 12), loader.contents("routes"));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aPinThatTheLoaderRemovedIsLeftAndTheNextMapThereIsTakenUp(Side side) throws Exception {
        for (Ownership ownership : List.of(Ownership.EXCLUSIVE, Ownership.OBSERVED)) {
            try (Loader loader = taken(side, ownership)) {
                loader.remove("routes");
                Progress progress = loader.live(5);
                assertFalse(loader.isPinned("routes"));
                assertEquals(State.LEFT, loader.drift(1).state());
                assertEquals(1, loader.drift(1).times());
                assertTrue(progress.conditions().getFirst().message().contains("removed its pin"),
                        progress.conditions().toString());
                // Nor does a change of the store pin it.
                fleet.set(1, 2, 12);
                loader.reconcile();
                assertFalse(loader.isPinned("routes"));

                int next = loader.pin(ROUTES, 9, 99);
                assertEquals(List.of(), loader.live(2).conditions());
                assertEquals(State.MENDED, loader.drift(1).state());
                assertEquals(next, loader.idAt("routes"));
                assertEquals(ownership == Ownership.OBSERVED
                        ? Map.of(9, 99)
                        : Map.of(1, 11, 2, 12), loader.contents("routes"));
            }
            fleet.remove(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void theSameMapPinnedAgainIsAsItWas(Side side) throws Exception {
        try (Loader loader = taken(side, Ownership.EXCLUSIVE);
                KernelMap map = loader.host.kernel().openPin(loader.pin("routes")).orElseThrow()) {
            loader.remove("routes");
            assertEquals(1, loader.live(2).conditions().size());
            loader.pin("routes", map);
            assertEquals(List.of(), loader.live(2).conditions());
            assertEquals(State.MENDED, loader.drift(1).state());
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void outerAndInnerMapsThatArePinnedAnewAreTakenUpTogether(Side side) throws Exception {
        try (Loader loader = outerTaken(side)) {
            int table = loader.pin(TABLE, 3, 99);
            int outer = loader.pinOuter(OUTER, 2, loader.pin("table"));
            assertEquals(List.of(), loader.live(2).conditions());
            assertEquals(outer, loader.idAt("outer"));
            assertEquals(table, loader.idAt("table"));
            // The slot that the store does not have went with the rest.
            assertEquals(0, loader.contents("table").get(3));
            assertEquals(Map.of(1, table), loader.contents("outer"));
            assertEquals(DriftKind.IDENTITY, loader.drift(1).kind());
            assertEquals(State.MENDED, loader.drift(2).state());
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void anInnerMapThatIsPinnedAnewComesIntoTheSlotsOfTheFormerOne(Side side) throws Exception {
        try (Loader loader = outerTaken(side)) {
            int outer = loader.idAt("outer");
            int table = loader.pin(TABLE, 3, 99);
            assertEquals(List.of(), loader.live(2).conditions());
            assertEquals(outer, loader.idAt("outer"));
            assertEquals(Map.of(1, table), loader.contents("outer"));
            assertEquals(Map.of(0, 30, 1, 0, 2, 0, 3, 0), loader.contents("table"));
        }
    }

    private Loader outerTaken(Side side) throws Exception {
        Loader loader = new Loader(side, fleet);
        loader.pin(TABLE, 0, 30);
        loader.pinOuter(OUTER, 1, loader.pin("table"));
        fleet.define(1, loader.pinned(OUTER))
                .defineInner(2, loader.pinned(TABLE).withPlacement(new Placement.FollowsOuter()))
                .set(2, 0, 30)
                .slot(1, 1, 2);
        assertEquals(List.of(), loader.reconcile().conditions());
        assertEquals(List.of(), loader.live(2).drift().drifts());
        return loader;
    }

    @Test
    void aSetOfMapsThatIsBeingPinnedIsWaitedFor() throws Exception {
        try (Loader loader = outerTaken(Side.LIBBPF)) {
            loader.tellTheRealTime();
            int former = loader.idAt("table");
            loader.pinOuter(OUTER, 2, loader.pin("table"));
            // A test that was paused here for a quarter of a second sees it taken up at once, which is right too.
            int known = loader.live(1).drift().drifts().size();
            assertTrue(known <= 1);
            int table = loader.pin(TABLE, 3, 99);
            loader.pinOuter(OUTER, 2, loader.pin("table"));
            assertNotEquals(former, table);
            loader.tellAnotherTime();
            assertEquals(List.of(), loader.live(3).conditions());
            assertEquals(Map.of(1, table), loader.contents("outer"));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aLoaderThatDiesAgainAndAgainIsFollowedEachTimeAndNoMapIsMadeInItsPlace(Side side)
            throws Exception {
        try (Loader loader = taken(side, Ownership.EXCLUSIVE)) {
            for (int times = 0; times < 12; times++) {
                loader.pin(ROUTES, 9, 99);
                assertEquals(List.of(), loader.live(2).conditions());
                assertEquals(Map.of(1, 11), loader.contents("routes"));
            }
            loader.remove("routes");
            Progress progress = loader.live(30);
            assertFalse(loader.isPinned("routes"));
            assertEquals(State.LEFT, loader.drift(1).state());
            assertEquals(1, progress.conditions().size());
            assertEquals(List.of(),
                    loader.host.kernel().pins(loader.host.root().resolve("_owned")));
            loader.pin(ROUTES, 9, 99);
            assertEquals(List.of(), loader.live(300).conditions());
            assertEquals(Map.of(1, 11), loader.contents("routes"));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aMapThatIsNotWantedAnyMoreWhileAnotherIsInItsPlaceIsLetGo(Side side) throws Exception {
        try (Loader loader = taken(side, Ownership.EXCLUSIVE)) {
            loader.pin(ROUTES, 9, 99);
            fleet.remove(1);
            assertEquals(List.of(), loader.reconcile().conditions());
            assertEquals(Map.of(9, 99), loader.contents("routes"));
        }
    }

    @Test
    void aMapThatIsPinnedAnewWhileTheBpffsWasAwayIsTakenUp() throws Exception {
        SimulatedKernel kernel = new SimulatedKernel();
        fleet.define(1, ROUTES).set(1, 1, 11);
        kernel.makeDirectories(Host.ROOT.resolve("default"));
        pinAt(kernel);
        try (PinRoot root = PinRoot.take(kernel, Host.ROOT);
                Reconciler reconciler = new Reconciler(kernel, Host.ROOT)) {
            reconciler.watch(root);
            assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
            kernel.unmountPins();
            kernel.mountPins();
            kernel.makeDirectories(Host.ROOT.resolve("default"));
            int next = pinAt(kernel);
            long now = 0;
            Progress progress = reconciler.progress();
            for (int turn = 0; turn < 5; turn++) {
                now += 1_100_000_000L;
                progress = reconciler.advance(fleet.desired(), now);
            }
            assertEquals(List.of(), progress.conditions());
            try (KernelMap map = kernel.openPin(Host.ROOT.resolve("default/routes"))
                    .orElseThrow()) {
                assertEquals(next, map.info().id());
                assertEquals(Map.of(1, 11), Loader.contents(map));
            }
        }
    }

    private static int pinAt(SimulatedKernel kernel) throws Exception {
        try (KernelMap map = kernel.create("loader", Definition.toCreate(ROUTES), null)) {
            map.pin(Host.ROOT.resolve("default/routes"));
            return map.info().id();
        }
    }
}
