package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Plans on plain data: no kernel, not even a simulated one. */
final class PlannerTest {
    private static final HostNumbers LO = new HostNumbers() {
        @Override
        public OptionalInt numberOf(NodeExpression.Term term) {
            return term.equals(new NodeExpression.Ifindex("lo"))
                    ? OptionalInt.of(1)
                    : OptionalInt.empty();
        }

        @Override
        public int possibleCpus() {
            return 2;
        }
    };
    private static final Actual NOTHING = new Actual(Tree.ofObjects(), new TreeMap<>());

    private final Planner planner = new Planner(Host.PATHS, 2);
    private final Fleet fleet = new Fleet();

    @Test
    void aMapOfWhichNothingIsKnownIsLookedForFirstAndInnersBeforeOuters() {
        fleet.define(1, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4)).defineInner(2).slot(1, 0, 2);
        assertEquals(List.of(new Step.Open(2, fleet.map(2).spec(), Host.PATHS.inner(2)),
                new Step.Open(1, fleet.map(1).spec(), Host.ROOT.resolve("default/outer"))),
                plan(NOTHING).steps());
    }

    @Test
    void newInnersAreFilledBeforeOneBatchOfSlotsAndProgramsFindTheOuterLast() {
        fleet.define(1, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4))
                .defineInner(2)
                .set(2, 1, 7)
                .defineInner(3)
                .slot(1, 0, 2)
                .slot(1, 1, 3)
                .slot(1, 3, 2)
                .freeze(2);
        assertEquals(List.of(
                new Step.Create(2, "inner2", fleet.map(2).spec(), List.of()),
                new Step.Create(3, "inner3", fleet.map(3).spec(), List.of()),
                new Step.WriteElements(2, List.of(element(1, 7))),
                new Step.Create(1, "outer", fleet.map(1).spec(), List.of()),
                new Step.WriteSlots(1, List.of(new SlotChange(key(0), 2), new SlotChange(key(1), 3),
                        new SlotChange(key(3), 2))),
                new Step.Freeze(2),
                new Step.Pin(2, Host.PATHS.inner(2)),
                new Step.Pin(3, Host.PATHS.inner(3)),
                new Step.Pin(1, Host.ROOT.resolve("default/outer"))),
                plan(missing(1, 2, 3)).steps());
    }

    @Test
    void whatIsAsDesiredNeedsNoStep() {
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 4))
                .set(1, 1, 1)
                .defineInner(2)
                .set(2, 0, 4)
                .define(3, Fleet.spec("outer", MapType.HASH_OF_MAPS, 4))
                .slot(3, 9, 2);
        Plan plan = plan(held(1, 2, 3));
        assertEquals(List.of(), plan.steps());
        assertTrue(plan.problems().isEmpty());
    }

    @Test
    void deletionsComeAfterSlotsUnlessThereIsNoRoom() {
        fleet.define(1, Fleet.spec("roomy", MapType.HASH, 4))
                .set(1, 1, 1)
                .define(2, Fleet.spec("full", MapType.HASH, 1))
                .set(2, 1, 1)
                .defineInner(3)
                .define(4, Fleet.spec("outer", MapType.HASH_OF_MAPS, 4));
        Actual actual = held(1, 2, 3, 4);
        fleet.delete(1, 1).set(1, 2, 2).delete(2, 1).set(2, 2, 2).slot(4, 5, 3);
        assertEquals(List.of(
                new Step.WriteElements(1, List.of(element(2, 2))),
                new Step.DeleteElements(2, List.of(key(1))),
                new Step.WriteElements(2, List.of(element(2, 2))),
                new Step.WriteSlots(4, List.of(new SlotChange(key(5), 3))),
                new Step.DeleteElements(1, List.of(key(1)))), plan(actual).steps());
    }

    @Test
    void anArrayLosesAnElementByZerosAndADevmapByDeletion() {
        fleet.define(1, Fleet.spec("array", MapType.ARRAY, 4))
                .set(1, 1, 1)
                .define(2, Fleet.spec("ports", MapType.DEVMAP, 4))
                .set(2, 1, new Value.Expression("ifindex(\"lo\")"));
        Actual actual = held(1, 2);
        fleet.delete(1, 1).delete(2, 1);
        assertEquals(List.of(new Step.WriteElements(1, List.of(element(1, 0))),
                new Step.DeleteElements(2, List.of(key(1)))), plan(actual).steps());
    }

    @Test
    void aSlotWaitsForAnInnerThatIsNotDueYet() {
        fleet.defineInner(1).define(2, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4)).slot(2, 0, 1);
        Plan plan = planner.plan(fleet.desired(), Holders.of(fleet.desired()), missing(2),
                new TreeSet<>(List.of(2L)), LO);
        assertTrue(plan.steps().stream().noneMatch(Step.WriteSlots.class::isInstance),
                plan.toString());
        assertTrue(plan.problems().toString().contains("\"inner1\" (id 1)"),
                plan.problems().toString());
    }

    @Test
    void bigMapsAreWrittenInChunks() {
        fleet.define(1, Fleet.spec("big", MapType.HASH, 10_000));
        for (int key = 0; key < 10_000; key++) {
            fleet.set(1, key, key);
        }
        assertEquals(List.of(4096, 4096, 10_000 - 2 * 4096), plan(missing(1)).steps()
                .stream()
                .filter(Step.WriteElements.class::isInstance)
                .map(step -> ((Step.WriteElements) step).elements().size())
                .toList());
    }

    private Plan plan(Actual actual) {
        SortedSet<Long> all = fleet.desired().changedSince(Desired.NOTHING);
        return planner.plan(fleet.desired(), Holders.of(fleet.desired()), actual, all, LO);
    }

    private static Actual missing(long... ids) {
        Actual actual = NOTHING;
        for (long id : ids) {
            actual = actual.with(id, new Holding.Missing());
        }
        return actual;
    }

    /** Maps exactly as the fleet wants them now. */
    private Actual held(long... ids) {
        Actual actual = NOTHING;
        for (long id : ids) {
            DesiredMap map = fleet.map(id);
            actual = actual.with(id,
                    new Held(id, map.spec(), (int) id + 100, true, false, map.frozen(),
                            List.of(Host.PATHS.of(map)),
                            Optional.of(new Contents(map.elements(), new TreeMap<>(), 0))));
        }
        return actual;
    }

    private static Bytes key(int key) {
        return Bytes.u32le(key);
    }

    private static KernelElement element(int key, int value) {
        return new KernelElement(Bytes.u32le(key), Bytes.u32le(value));
    }
}
