package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.reconcile.Actual.Leftover;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.Ownership;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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
                ? new Draft(desired, actual, due, numbers).plan()
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

    /** One plan while it is made. */
    private final class Draft {
        /** Bounds what a step prints and what is tried anew when one fails. */
        private static final int CHUNK_ELEMENTS = 4096;
        private static final int CHUNK_BYTES = 1 << 20;

        private final Desired desired;
        private final Actual actual;
        private final SortedSet<Long> due;
        private final HostNumbers numbers;
        private final SortedMap<Long, Contents> expected = new TreeMap<>();
        private final SortedMap<Long, Problem> problems = new TreeMap<>();
        private final Set<Long> stuck = new HashSet<>();

        private final List<Step> creations = new ArrayList<>();
        private final List<Step> writes = new ArrayList<>();
        private final List<Step> outerCreations = new ArrayList<>();
        private final List<Step> slots = new ArrayList<>();
        private final List<Step> deletions = new ArrayList<>();
        private final List<Step> freezes = new ArrayList<>();
        private final List<Step> pins = new ArrayList<>();

        Draft(Desired desired, Actual actual, SortedSet<Long> due, HostNumbers numbers) {
            this.desired = desired;
            this.actual = actual;
            this.due = due;
            this.numbers = numbers;
        }

        Plan plan() {
            List<DesiredMap> outers = new ArrayList<>();
            for (long id : due) {
                DesiredMap map = desired.map(id);
                if (map == null) {
                    continue;
                }
                if (map.spec().type().isOuter()) {
                    outers.add(map);
                } else {
                    add(map);
                }
            }
            // Only now is it known which inner maps are stuck.
            outers.forEach(this::add);
            List<Step> steps = new ArrayList<>();
            for (List<Step> phase : List.of(creations, writes, outerCreations, slots, deletions,
                    freezes, pins)) {
                steps.addAll(phase);
            }
            return new Plan(steps, expected, problems);
        }

        private void add(DesiredMap map) {
            @Nullable
            Held held = actual.held(map.id());
            Contents contents = held == null
                    ? ElementsDifference.EMPTY
                    : held.contents().orElseThrow();
            ElementsDifference difference = ElementsDifference.of(map, contents, numbers,
                    this::isReady);
            if (held != null && held.frozen() && !difference.isNothing()) {
                stop(map, Errno.EPERM,
                        "it is frozen with other contents than the store wants, and nobody can change "
                                + "it any more: delete its pins on this host and restart the agent, which then creates it anew");
                return;
            }
            if (held == null) {
                boolean seeded = MapRules.ownership(map.spec().type()) == Ownership.SEED;
                (map.spec().type().isOuter() ? outerCreations : creations).add(
                        new Step.Create(map.id(), KernelName.of(map.spec().name()), map.spec(),
                                seeded ? ElementsDifference.seed(map) : List.of()));
            }
            addContents(map, difference);
            addState(map, held);
            note(map, difference);
            expected.put(map.id(), difference.after());
        }

        private void addContents(DesiredMap map, ElementsDifference difference) {
            long id = map.id();
            if (map.spec().type().isOuter()) {
                Step delete = new Step.DeleteSlots(id, difference.deletes());
                if (!difference.deletes().isEmpty() && difference.deletesFirst()) {
                    slots.add(delete);
                }
                if (!difference.slots().isEmpty()) {
                    slots.add(new Step.WriteSlots(id, difference.slots()));
                }
                if (!difference.deletes().isEmpty() && !difference.deletesFirst()) {
                    slots.add(delete);
                }
                return;
            }
            List<Step> deletes = difference.deletesFirst() ? writes : deletions;
            for (int from = 0; from < difference.deletes().size(); from += CHUNK_ELEMENTS) {
                int to = Math.min(from + CHUNK_ELEMENTS, difference.deletes().size());
                deletes.add(new Step.DeleteElements(id, difference.deletes().subList(from, to)));
            }
            int chunk = Math.clamp(
                    CHUNK_BYTES / (map.spec().keySize() + map.spec().valueSize() + 1L), 1,
                    CHUNK_ELEMENTS);
            if (!difference.expressions().isEmpty()) {
                writes.add(new Step.WriteExpressions(id, difference.expressions()));
            }
            List<KernelElement> elements = difference.writes();
            for (int from = 0; from < elements.size(); from += chunk) {
                writes.add(new Step.WriteElements(id,
                        elements.subList(from, Math.min(from + chunk, elements.size()))));
            }
        }

        private void addState(DesiredMap map, @Nullable Held held) {
            if (map.frozen() && (held == null || !held.frozen())) {
                freezes.add(new Step.Freeze(map.id()));
            }
            Path wanted = paths.of(map);
            if (held == null || !held.pins().contains(wanted)) {
                pins.add(new Step.Pin(map.id(), wanted));
            }
        }

        private void note(DesiredMap map, ElementsDifference difference) {
            if (!difference.innersNotReady().isEmpty()) {
                long first = difference.innersNotReady().first();
                @Nullable
                DesiredMap inner = desired.map(first);
                String name = inner == null
                        ? "the map with id " + first
                        : '"' + inner.spec().name() + "\" (id " + first + ")";
                problems.put(map.id(), new Problem(0,
                        "%s not in the kernel as they should be, first %s; "
                                .formatted(counted(difference.innersNotReady().size(),
                                        "inner map is", "inner maps are"), name)
                                + "slots that are to hold them stay as they were",
                        Retry.WITH_OTHERS));
            } else if (!difference.unresolved().isEmpty()) {
                problems.put(map.id(), new Problem(Errno.ENODEV.number(),
                        "%s (%s); these elements stay as they were until that changes"
                                .formatted(difference.unresolved().first(),
                                        counted(difference.unresolved().size(),
                                                "value that means nothing here",
                                                "values that mean nothing here")),
                        Retry.SLOWLY));
            }
        }

        private static String counted(int count, String one, String many) {
            return count + " " + (count == 1 ? one : many);
        }

        private void stop(DesiredMap map, Errno errno, String message) {
            stuck.add(map.id());
            problems.put(map.id(), new Problem(errno.number(), message, Retry.NEVER));
        }

        /** True where a map is as desired, or will be when this plan comes to its slots. */
        private boolean isReady(long innerMapId) {
            DesiredMap inner = desired.map(innerMapId);
            if (inner == null || stuck.contains(innerMapId)) {
                return false;
            }
            if (due.contains(innerMapId)) {
                return true;
            }
            Held held = actual.held(innerMapId);
            return held != null && held.contents().isPresent()
                    && holdsAll(inner, held.contents().get());
        }

        /** What only waits for an interface does not count: the host may never have it. */
        private boolean holdsAll(DesiredMap map, Contents contents) {
            return ElementsDifference.of(map, contents, numbers, _ -> false).isNothing();
        }
    }
}
