package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Actual.Leftover;
import dev.nestmap.agent.reconcile.Holding.Held;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/*
 * Plans come in rounds, because what a pin holds is known only after a look at it. As long as there is something to look at, a
 * plan has nothing but looks. After that, one plan brings all maps to what is desired: new inner maps are created aside and
 * filled, then all slots of each outer map change in one batch, then elements that nobody wants any more are deleted, then
 * maps are frozen, and then programs can find the new ones. The plan after that is empty. Releases are planned apart, because
 * they follow the report.
 */
/** Compares what is desired with what is known of the kernel, and says what to do. Pure: equal questions, equal plans. */
final class Planner {
    private final PinPaths paths;

    Planner(PinPaths paths) {
        this.paths = paths;
    }

    /**
     * The next steps for some maps; none where they are as desired, but for the problems.
     *
     * @param due the maps to look at; all others are as desired, or it is not yet time to try again
     */
    Plan plan(Desired desired, Actual actual, SortedSet<Long> due, HostNumbers numbers) {
        List<Step> looks = looks(desired, actual, due);
        return looks.isEmpty()
                ? new PlanDraft(paths, desired, actual, due, numbers).plan()
                : new Plan(looks, new TreeMap<>(), new TreeMap<>());
    }

    /** What is no longer wanted of some maps and of all leftovers. */
    List<Step> releases(Desired desired, Actual actual, SortedSet<Long> ids) {
        List<Step> steps = new ArrayList<>();
        for (long id : ids) {
            DesiredMap map = desired.map(id);
            Held held = actual.held(id);
            if (held == null) {
                continue;
            }
            if (map == null) {
                steps.add(new Step.Release(id, held.kernelId(), ours(held)));
            } else {
                steps.addAll(unpins(map, held));
            }
        }
        for (Map.Entry<Long, Leftover> entry : actual.leftovers().entrySet()) {
            if (desired.map(entry.getKey()) == null) {
                steps.add(new Step.Release(entry.getKey(), entry.getValue().kernelId(),
                        entry.getValue().pins()));
            }
        }
        return steps;
    }

    /** The pins that are ours to remove; the mark of ownership last, so that a restart half-way finds the rest. */
    private List<Path> ours(Held held) {
        List<Path> pins = new ArrayList<>(held.pins()
                .stream()
                .filter(pin -> held.created() || paths.isInner(pin))
                .toList());
        if (held.created()) {
            pins.add(paths.owned(held.mapId()));
        }
        return pins;
    }

    private List<Step> unpins(DesiredMap map, Held held) {
        Path wanted = paths.of(map);
        if (!held.pins().contains(wanted)) {
            return List.of();
        }
        return held.pins()
                .stream()
                .filter(pin -> !pin.equals(wanted) && (held.created() || paths.isInner(pin)))
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
