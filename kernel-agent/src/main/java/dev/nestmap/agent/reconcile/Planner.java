package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Actual.Leftover;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/*
 * Plans come in rounds, because what a pin holds is known only after a look at it. As long as there is something to look at, a
 * plan has nothing but looks. After that, one plan brings all maps to what is desired: new inner maps are created aside and
 * filled, those that are published sealed as a generation of their own, then all slots of each outer map change in one batch,
 * then elements that nobody wants any more are deleted, then
 * maps are frozen, and then programs can find the new ones. The plan after that is empty. Releases are planned apart, because
 * they follow the report.
 */
/** Compares what is desired with what is known of the kernel, and says what to do. Pure: equal questions, equal plans. */
final class Planner {
    private final PinPaths paths;
    private final int keepGenerations;

    /**
     * @param keepGenerations how many generations of a map that is published sealed stay beside the one in use
     */
    Planner(PinPaths paths, int keepGenerations) {
        this.paths = paths;
        this.keepGenerations = keepGenerations;
    }

    /**
     * The maps to look at, with the inner maps that came into slots of sealed outer maps, and with all outer maps that hold an inner
     * map which is perhaps published sealed: they change together.
     */
    static SortedSet<Long> widened(Desired before, Desired desired, Holders holders,
            SortedSet<Long> due) {
        SortedSet<Long> all = new TreeSet<>(due);
        for (long id : due) {
            DesiredMap outer = desired.map(id);
            if (outer != null && Holders.isSealed(outer)) {
                for (Change<Bytes> slot : Tree.difference(Holders.slots(before.map(id)),
                        outer.elements())) {
                    Bytes inner = slot.after();
                    if (inner != null) {
                        all.add(StoredElements.slotMapId(inner));
                    }
                }
            }
        }
        for (long id : List.copyOf(all)) {
            DesiredMap map = desired.map(id);
            if (map != null && SealedDraft.canBeSealed(map)) {
                all.addAll(holders.outers(id));
            }
        }
        return all;
    }

    /**
     * The next steps for some maps; none where they are as desired, but for the problems.
     *
     * @param due the maps to look at; all others are as desired, or it is not yet time to try again
     */
    Plan plan(Desired desired, Holders holders, Actual actual, SortedSet<Long> due,
            HostNumbers numbers) {
        return plan(desired, holders, actual, due, Collections.emptySortedSet(), numbers);
    }

    /**
     * As {@link #plan(Desired, Holders, Actual, SortedSet, HostNumbers)}.
     *
     * @param failed maps that are perhaps not as desired though they are not due
     */
    Plan plan(Desired desired, Holders holders, Actual actual, SortedSet<Long> due,
            SortedSet<Long> failed, HostNumbers numbers) {
        List<Step> looks = looks(desired, actual, due);
        SealedDraft sealed = new SealedDraft(desired, holders, actual, due, failed, numbers);
        if (looks.isEmpty()) {
            looks = sealed.looks();
        }
        return looks.isEmpty()
                ? new PlanDraft(paths, desired, actual, due, numbers, sealed).plan()
                : new Plan(looks, new TreeMap<>(), new TreeMap<>());
    }

    /** What is no longer wanted of some maps and of all leftovers. */
    List<Step> releases(Desired desired, Actual actual, SortedSet<Long> ids) {
        List<Step> steps = new ArrayList<>();
        for (long id : ids) {
            DesiredMap map = desired.map(id);
            Held held = map == null && actual.holding(id) instanceof Holding.Replaced(Held former)
                    ? former
                    : actual.held(id);
            if (held == null) {
                continue;
            }
            if (map == null) {
                steps.add(new Step.Release(id, ours(held)));
            } else {
                steps.addAll(unpins(map, held));
                steps.addAll(drops(held));
            }
        }
        for (Map.Entry<Long, Leftover> entry : actual.leftovers().entrySet()) {
            if (desired.map(entry.getKey()) == null) {
                steps.add(new Step.Release(entry.getKey(), entry.getValue().pins()));
            }
        }
        return steps;
    }

    /** The pins that are ours to remove; the mark of ownership last, so that a restart half-way finds the rest. */
    private List<Pinned> ours(Held held) {
        List<Pinned> pins = new ArrayList<>(held.pins()
                .stream()
                .filter(pin -> !paths.isLoaders(held, pin))
                .map(pin -> new Pinned(pin, held.kernelId()))
                .toList());
        held.kept().forEach(generation -> pins.addAll(pins(held.mapId(), generation)));
        if (held.created()) {
            pins.add(new Pinned(paths.owned(held.mapId()), held.kernelId()));
        }
        return pins;
    }

    /** A map that was written in place before has its mark of ownership on that generation. */
    private List<Pinned> pins(long mapId, Generation generation) {
        return List.of(
                new Pinned(paths.inner(mapId, generation.number()), generation.kernelId()),
                new Pinned(paths.owned(mapId), generation.kernelId()));
    }

    private List<Step> drops(Held held) {
        return held.kept()
                .stream()
                .skip(keepGenerations)
                .<Step>map(generation -> new Step.Drop(held.mapId(), generation.number(),
                        pins(held.mapId(), generation)))
                .toList();
    }

    private List<Step> unpins(DesiredMap map, Held held) {
        Path wanted = paths.of(map, held.generation());
        if (!held.pins().contains(wanted)) {
            return List.of();
        }
        return held.pins()
                .stream()
                .filter(pin -> !pin.equals(wanted) && !paths.isLoaders(held, pin))
                .<Step>map(pin -> new Step.Unpin(map.id(), held.kernelId(), pin))
                .toList();
    }

    /** Inner maps first: the slots of the outer ones are told by them. */
    private List<Step> looks(Desired desired, Actual actual, SortedSet<Long> due) {
        List<Step> inners = new ArrayList<>();
        List<Step> outers = new ArrayList<>();
        for (long id : due) {
            DesiredMap map = desired.map(id);
            if (map == null) {
                continue;
            }
            List<Step> looks = map.spec().type().isOuter() ? outers : inners;
            switch (actual.holding(id)) {
                case null -> looks.add(new Step.Open(id, map.spec(), paths.of(map)));
                case Holding.Replaced _ ->
                    looks.add(new Step.Open(id, map.spec(), paths.of(map)));
                case Held held when held.contents().isEmpty() ->
                    looks.add(new Step.ReadBack(id, map.spec()));
                case Held _,Holding.Missing _ -> {
                    // Known.
                }
            }
        }
        inners.addAll(outers);
        return inners;
    }
}
