package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
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
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One plan while it is made. */
final class PlanDraft {
    /** Bounds what a step prints and what is tried anew when one fails. */
    private static final int CHUNK_ELEMENTS = 4096;
    private static final int CHUNK_BYTES = 1 << 20;

    private final PinPaths paths;
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

    PlanDraft(PinPaths paths, Desired desired, Actual actual, SortedSet<Long> due, HostNumbers numbers) {
        this.paths = paths;
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
