package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.simulated.Faults;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReconcilerTest {
    private static final Path DEFAULT = Host.ROOT.resolve("default");
    private static final Path ROUTES = DEFAULT.resolve("routes");

    private final Host host = newHost();
    private final Fleet fleet = new Fleet();

    private static Host newHost() {
        try {
            return new Host();
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void everyTypeComesToTheKernelAndFollowsItsChanges() throws Exception {
        fleet.define(1, Fleet.spec("array", MapType.ARRAY, 4))
                .set(1, 2, 7)
                .define(2, Fleet.spec("hash", MapType.HASH, 4))
                .set(2, 99, 1)
                .define(3, Fleet.spec("ports", MapType.DEVMAP, 4))
                .set(3, 0, new Value.Expression("ifindex(\"lo\")"))
                .define(4, Fleet.spec("ports_by_key", MapType.DEVMAP_HASH, 4))
                .set(4, 77, new Value.Expression("ifindex(\"lo\")"))
                .defineInner(5)
                .set(5, 0, 50)
                .defineInner(6)
                .set(6, 0, 60)
                .define(7, Fleet.spec("policies", MapType.ARRAY_OF_MAPS, 4))
                .slot(7, 0, 5)
                .slot(7, 3, 6)
                .define(8, Fleet.spec("tenants", MapType.HASH_OF_MAPS, 4))
                .slot(8, 1000, 5);
        Progress progress = host.reconcile(fleet.desired());
        assertEquals(List.of(), progress.conditions());
        assertEquals(fleet.desired().revision(), progress.appliedRevision());
        host.assertHolds(fleet.desired());

        fleet.set(1, 2, 0)
                .set(1, 3, 8)
                .delete(2, 99)
                .set(2, 98, 2)
                .delete(3, 0)
                .delete(4, 77)
                .slot(7, 0, 6)
                .delete(7, 3)
                .delete(8, 1000)
                .remove(5);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aRestartChangesNothingInTheKernel() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8))
                .set(1, 1, 1)
                .set(1, 2, 2)
                .defineInner(2)
                .set(2, 1, 5)
                .define(3, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 2))
                .slot(3, 1, 2)
                .define(4, Fleet.spec("ports", MapType.DEVMAP, 2))
                .set(4, 1, new Value.Expression("ifindex(\"lo\")"))
                .define(5, Fleet.spec("fixed", MapType.ARRAY, 2))
                .set(5, 0, 1)
                .freeze(5);
        host.reconcile(fleet.desired());
        List<HeldMap> before = host.advanceOnly(fleet.desired()).maps();
        host.takeWrites();
        host.restart();
        Progress after = host.reconcile(fleet.desired());
        assertEquals(List.of(), host.takeWrites());
        assertEquals(before, after.maps());
        assertEquals(List.of(), after.conditions());
    }

    @Test
    void aChangeWhileTheAgentWasAwayIsTheOnlyThingWritten() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 100));
        for (int key = 0; key < 100; key++) {
            fleet.set(1, key, key);
        }
        host.reconcile(fleet.desired());
        host.restart();
        host.takeWrites();
        host.reconcile(fleet.set(1, 50, 7).delete(1, 51).desired());
        assertEquals(2, host.takeWrites().size());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aLoadersMapIsSharedAndOutlivesTheStores() throws Exception {
        KernelMap loaders = host.kernel.create("routes", KernelMapSpec.of(MapType.HASH, 4, 4, 8, 0),
                null);
        loaders.update(Bytes.u32le(5), Bytes.u32le(5), UpdateFlags.ANY);
        host.kernel.makeDirectories(DEFAULT);
        loaders.pin(ROUTES);
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8)).set(1, 1, 1);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(loaders.info().id(), host.kernelId(ROUTES));
        assertEquals(List.of(Bytes.u32le(1)),
                loaders.readAll().stream().map(element -> element.key()).toList());
        host.restart();
        host.reconcile(fleet.desired());
        host.reconcile(fleet.remove(1).desired());
        assertEquals(loaders.info().id(), host.kernelId(ROUTES));
    }

    @Test
    void aLoadersMapIsKeptWhereItsNameIsDeletedAndCreatedInOneDifference() throws Exception {
        KernelMap loaders = loadersMap();
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8)).set(1, 1, 1);
        host.reconcile(fleet.desired());
        fleet.remove(1).define(2, Fleet.spec("routes", MapType.HASH, 8)).set(2, 7, 7);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(loaders.info().id(), host.kernelId(ROUTES));
        assertEquals(List.of(Bytes.u32le(7)),
                loaders.readAll().stream().map(element -> element.key()).toList());
    }

    @Test
    void aLoadersPinStaysWhenItsMapWasAnInnerMapOverARestartAndIsLetGo() throws Exception {
        KernelMap loaders = loadersMap();
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8))
                .define(2, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 2))
                .slot(2, 0, 1);
        host.reconcile(fleet.desired());
        host.reconcile(fleet.unlink(1).desired());
        host.restart();
        host.reconcile(fleet.desired());
        host.reconcile(fleet.delete(2, 0).remove(1).desired());
        assertEquals(loaders.info().id(), host.kernelId(ROUTES));
        host.restart();
        host.reconcile(fleet.desired());
        assertEquals(loaders.info().id(), host.kernelId(ROUTES));
    }

    private KernelMap loadersMap() throws Exception {
        KernelMap loaders = host.kernel.create("routes", KernelMapSpec.of(MapType.HASH, 4, 4, 8, 0),
                null);
        host.kernel.makeDirectories(DEFAULT);
        loaders.pin(ROUTES);
        return loaders;
    }

    @Test
    void aPinWithAnotherDefinitionIsLeftAloneAndReportedWhileTheOthersGoOn() throws Exception {
        KernelMap foreign = host.kernel.create("x", KernelMapSpec.of(MapType.HASH, 4, 8, 8, 0),
                null);
        host.kernel.makeDirectories(DEFAULT);
        foreign.pin(ROUTES);
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8))
                .set(1, 1, 1)
                .define(2, Fleet.spec("other", MapType.HASH, 8));
        Progress progress = host.reconcile(fleet.desired());
        assertEquals(1, progress.conditions().size());
        assertEquals(
                "pin /sys/fs/bpf/nestmap/default/routes holds a hash with value_size 8, the store wants 4: "
                        + "rename or remove it, or change the definition",
                progress.conditions().getFirst().message());
        assertEquals(0, progress.conditions().getFirst().appliedRevision());
        assertEquals(1, progress.maps().size());
        assertEquals(foreign.info().id(), host.kernelId(ROUTES));

        host.kernel.unpin(ROUTES);
        foreign.close();
        host.pass(1100);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aReplacedPinIsReportedAfterARestartAndNotTouched() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8)).set(1, 1, 1);
        host.reconcile(fleet.desired());
        host.kernel.unpin(ROUTES);
        KernelMap other = host.kernel.create("routes", KernelMapSpec.of(MapType.HASH, 4, 4, 8, 0),
                null);
        other.pin(ROUTES);
        host.restart();
        List<Condition> conditions = host.reconcile(fleet.desired()).conditions();
        assertEquals(1, conditions.size());
        assertTrue(
                conditions.getFirst().message().startsWith("pin " + ROUTES + " is not this map's"),
                conditions.toString());
        assertEquals(List.of(), other.readAll());
        host.kernel.unpin(ROUTES);
        other.close();
        host.pass(1100);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aNameThatANewMapTakesOverIsNeverWithoutAMap() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8)).set(1, 1, 1);
        host.reconcile(fleet.desired());
        host.kernel.inject(operation -> {
            if (operation.startsWith("unpin " + ROUTES)) {
                throw new AssertionError(operation);
            }
        });
        fleet.remove(1).define(2, Fleet.spec("routes", MapType.ARRAY, 8)).set(2, 1, 1);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void anUnlinkedMapLosesItsNameAndStaysInItsSlots() throws Exception {
        fleet.define(1, Fleet.spec("first", MapType.ARRAY, 4))
                .set(1, 0, 1)
                .define(2, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 2))
                .slot(2, 0, 1);
        host.reconcile(fleet.desired());
        int kernelId = host.kernelId(Host.ROOT.resolve("default/first"));
        host.reconcile(fleet.unlink(1).desired());
        assertTrue(host.kernel.openPin(Host.ROOT.resolve("default/first")).isEmpty());
        assertEquals(kernelId, host.kernelId(Host.PATHS.inner(1)));
        host.assertHolds(fleet.desired());
    }

    @Test
    void whatWasReleasedWhileTheAgentWasAwayGoesOnlyAfterTheFirstCompleteState() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8))
                .defineInner(2)
                .define(3, Fleet.spec("kept", MapType.HASH, 8));
        host.reconcile(fleet.desired());
        host.restart();
        assertEquals(3, host.kernel.liveMapIds().size());
        host.advanceOnly(fleet.remove(1).remove(2).desired());
        assertEquals(3, host.kernel.liveMapIds().size());
        host.reconcile(fleet.desired());
        host.assertHolds(fleet.desired());
    }

    @Test
    void anExpressionIsWrittenWhenItsInterfaceAppearsAndAgainWhenTheIndexChanges()
            throws Exception {
        fleet.define(1, Fleet.spec("ports", MapType.DEVMAP, 4))
                .set(1, 0, new Value.Expression("ifindex(\"eth9\")"))
                .set(1, 1, new Value.Expression("ifindex(\"lo\")"));
        Progress progress = host.reconcile(fleet.desired());
        assertEquals(1, progress.conditions().size());
        assertTrue(
                progress.conditions()
                        .getFirst()
                        .message()
                        .startsWith("ifindex(\"eth9\"): no such network interface"),
                progress.conditions().toString());
        assertTrue(progress.conditions().getFirst().retrying());

        host.kernel.putInterface("eth9", 12);
        host.pass(1100);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());

        host.kernel.putInterface("eth9", 13);
        host.pass(1100);
        host.takeWrites();
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(1, host.takeWrites().size());
        host.assertHolds(fleet.desired());

        host.kernel.removeInterface("eth9");
        host.pass(1100);
        assertEquals(1, host.reconcile(fleet.desired()).conditions().size());
        assertEquals(List.of(), host.reconcile(fleet.delete(1, 0).desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void anOuterWhoseInnerFailsKeepsItsOldSlotAndSaysWhich() throws Exception {
        fleet.defineInner(1)
                .set(1, 0, 1)
                .define(9, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 2))
                .slot(9, 0, 1);
        host.reconcile(fleet.desired());
        int old = host.kernelId(Host.PATHS.inner(1));
        host.kernel.inject(Faults.failAll("create array \"inner2\"", Errno.ENOMEM));
        fleet.defineInner(2).slot(9, 0, 2).slot(9, 1, 1);
        List<Condition> conditions = host.reconcile(fleet.desired()).conditions();
        assertEquals(List.of(2L, 9L), conditions.stream().map(Condition::mapId).toList());
        assertTrue(conditions.getLast().message().contains("id 2"), conditions.toString());
        try (KernelMap outer = host.open(Host.ROOT.resolve("default/outer"))) {
            assertEquals(Bytes.u32le(old), outer.lookup(Bytes.u32le(0)).orElseThrow());
            assertEquals(Bytes.u32le(old), outer.lookup(Bytes.u32le(1)).orElseThrow());
        }
        host.watch();
        host.pass(20);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void whatTheKernelRefusesForGoodIsTriedAgainOnlyWhenSomethingElseIsDesired() throws Exception {
        host.kernel.inject(Faults.failAll("update \"routes\"", Errno.EINVAL));
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8))
                .set(1, 1, 1)
                .define(2, Fleet.spec("other", MapType.HASH, 8))
                .set(2, 1, 1);
        List<Condition> conditions = host.reconcile(fleet.desired()).conditions();
        assertEquals(List.of(1L), conditions.stream().map(Condition::mapId).toList());
        assertFalse(conditions.getFirst().retrying());
        assertEquals(Errno.EINVAL.number(), conditions.getFirst().errno());
        host.watch();
        host.pass(100_000);
        host.reconcile(fleet.desired());
        assertEquals(List.of(), host.takeWrites());
        assertEquals(List.of(), host.reconcile(fleet.set(1, 2, 2).desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aFullHashTakesNewKeysForOldOnes() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 2)).set(1, 1, 1).set(1, 2, 2);
        host.reconcile(fleet.desired());
        fleet.delete(1, 1).delete(1, 2).set(1, 3, 3).set(1, 4, 4);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aMapThatSomebodyFrozeWithOtherContentsIsReported() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 2)).set(1, 1, 1);
        host.reconcile(fleet.desired());
        try (KernelMap map = host.open(ROUTES)) {
            map.freeze();
        }
        host.restart();
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        List<Condition> conditions = host.reconcile(fleet.set(1, 1, 2).desired()).conditions();
        assertEquals(Errno.EPERM.number(), conditions.getFirst().errno());
        assertTrue(conditions.getFirst().message().contains("frozen with other contents"),
                conditions.toString());
    }

    @Test
    void aLoaderThatPinsWhileTheAgentFillsWins() throws Exception {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 8)).set(1, 1, 1);
        KernelMap loaders = host.kernel.create("routes", KernelMapSpec.of(MapType.HASH, 4, 4, 8, 0),
                null);
        host.kernel.makeDirectories(DEFAULT);
        boolean[] pinned = {false};
        host.kernel.inject(operation -> {
            if (operation.startsWith("update \"routes\"") && !pinned[0]) {
                pinned[0] = true;
                loaders.pin(ROUTES);
            }
        });
        host.reconcile(fleet.desired());
        host.pass(20);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(loaders.info().id(), host.kernelId(ROUTES));
        assertEquals(Bytes.u32le(1), loaders.lookup(Bytes.u32le(1)).orElseThrow());
        assertEquals(List.of(), host.kernel.pins(Host.PATHS.ownedDirectory()));
    }

    @Test
    void aPinPathOfItsOwnIsUsedInsteadOfTheName() throws Exception {
        MapSpec spec = Fleet.spec("routes", MapType.HASH, 8);
        Path pin = Path.of("/sys/fs/bpf/elsewhere/routes");
        fleet.define(1,
                new MapSpec(spec.namespace(), spec.name(), spec.type(), 4, 4, 8, 0, 0, 0, null,
                        spec.placement(), pin.toString()));
        host.reconcile(fleet.desired());
        assertEquals(host.kernelId(Host.PATHS.owned(1)), host.kernelId(pin));
        host.reconcile(fleet.remove(1).desired());
        assertTrue(host.kernel.openPin(pin).isEmpty());
    }
}
