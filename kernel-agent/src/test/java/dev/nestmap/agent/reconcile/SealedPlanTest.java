package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Plans for maps that are published sealed, on plain data. */
final class SealedPlanTest {
    private static final HostNumbers NUMBERS = new HostNumbers() {
        @Override
        public OptionalInt numberOf(NodeExpression.Term term) {
            return OptionalInt.empty();
        }

        @Override
        public int possibleCpus() {
            return 2;
        }
    };

    private final Planner planner = new Planner(Host.PATHS, 2);
    private final Fleet fleet = new Fleet().define(1,
            Fleet.sealed("outer", MapType.ARRAY_OF_MAPS, 4))
            .define(4, Fleet.spec("other", MapType.ARRAY_OF_MAPS, 4))
            .defineInner(2)
            .set(2, 0, 1)
            .defineInner(3)
            .set(3, 0, 1)
            .slot(1, 0, 2)
            .slot(1, 1, 3)
            .slot(1, 2, 2)
            .slot(4, 3, 2);

    @Test
    void changedMapsAreBuiltBesideThenOneBatchForEachOuterThenTheyAreInUse() {
        Actual actual = held();
        fleet.set(2, 0, 7).set(3, 0, 8).slot(1, 3, 3);
        assertEquals(List.of(build(2, 2), build(3, 2),
                new Step.WriteSlots(1,
                        List.of(change(3, 3, 2), change(0, 2, 2), change(1, 3, 2),
                                change(2, 2, 2))),
                new Step.WriteSlots(4, List.of(change(3, 2, 2))),
                new Step.Switch(2, 2, contents(2), outers(1, 4)),
                new Step.Switch(3, 2, contents(3), outers(1))),
                plan(actual, all()).steps());
    }

    @Test
    void aKeptGenerationThatHoldsWhatIsWantedIsReadBackAndNothingIsBuilt() {
        Actual actual = held();
        fleet.set(2, 0, 7);
        Held former = actual.held(2);
        assertTrue(former != null);
        Generation kept = new Generation(5, 205, true, Optional.of(contents(2)));
        assertEquals(
                List.of(new Step.Verify(2, 5, contents(2)),
                        new Step.WriteSlots(1, List.of(change(0, 2, 5), change(2, 2, 5))),
                        new Step.WriteSlots(4, List.of(change(3, 2, 5))),
                        new Step.Switch(2, 5, contents(2), outers(1, 4))),
                plan(actual.with(2, former.withKept(kept)), all()).steps());
    }

    @Test
    void whatAnAgentBeforeBuiltIsLookedAtOnlyWhenItMayBeOfUse() {
        Actual actual = held();
        Held former = actual.held(2);
        assertTrue(former != null);
        actual = actual.with(2,
                former.withKept(new Generation(5, 205, true, Optional.empty())));
        assertEquals(List.of(), plan(actual, all()).steps());
        fleet.set(2, 0, 7);
        assertEquals(List.of(new Step.ReadGeneration(2, 5, contents(2))),
                plan(actual, all()).steps());
    }

    @Test
    void nothingOfASealedMapChangesWhileOneOfItsInnerMapsIsNotReady() {
        Actual actual = held().with(3, null);
        fleet.set(2, 0, 7);
        Plan plan = planner.plan(fleet.desired(), Holders.of(fleet.desired()), actual,
                new TreeSet<>(List.of(1L, 2L, 4L)), new TreeSet<>(List.of(3L)), NUMBERS);
        assertEquals(List.of(), plan.steps());
        assertEquals(outers(1, 2), plan.problems().keySet());
    }

    @Test
    void generationsBeyondThoseThatAreKeptAreDroppedWithAllTheirPins() {
        Actual actual = held();
        Held held = actual.held(2);
        assertTrue(held != null);
        for (int number = 2; number <= 4; number++) {
            held = held.withKept(new Generation(number, 200 + number, true, Optional.empty()));
        }
        assertEquals(
                List.of(new Step.Drop(2, 2,
                        List.of(new Pinned(Host.PATHS.inner(2, 2), 202),
                                new Pinned(Host.PATHS.owned(2), 202)))),
                planner.releases(fleet.desired(), actual.with(2, held),
                        new TreeSet<>(List.of(2L))));
    }

    private Plan plan(Actual actual, SortedSet<Long> due) {
        return planner.plan(fleet.desired(), Holders.of(fleet.desired()), actual, due, NUMBERS);
    }

    private SortedSet<Long> all() {
        return fleet.desired().changedSince(Desired.NOTHING);
    }

    private Step build(long id, int generation) {
        return new Step.Build(id, generation, "inner" + id, fleet.map(id).spec(), contents(id));
    }

    private Contents contents(long id) {
        return new Contents(fleet.map(id).elements(), new TreeMap<>(), 0);
    }

    private static SlotChange change(int key, long inner, int generation) {
        return new SlotChange(Bytes.u32le(key), inner, generation);
    }

    private static SortedSet<Long> outers(long... ids) {
        SortedSet<Long> outers = new TreeSet<>();
        for (long id : ids) {
            outers.add(id);
        }
        return outers;
    }

    /** Everything exactly as the fleet wants it now, inner maps frozen. */
    private Actual held() {
        Actual actual = new Actual(Tree.ofObjects(), new TreeMap<>());
        for (long id : all()) {
            DesiredMap map = fleet.map(id);
            actual = actual.with(id, new Held(id, map.spec(), (int) id + 100, true, false,
                    !map.placed(), List.of(Host.PATHS.of(map)), Optional.of(contents(id))));
        }
        return actual;
    }
}
