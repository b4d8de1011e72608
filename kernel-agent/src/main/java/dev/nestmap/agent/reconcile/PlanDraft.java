package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Ownership;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One plan while it is made. */
final class PlanDraft {
    /** Bounds what a step prints and what is tried anew when one fails. */
    private static final int CHUNK_ELEMENTS = 4096;

    private final PinPaths paths;
    private final Desired desired;
    private final Actual actual;
    private final SortedSet<Long> due;
    private final HostNumbers numbers;
    private final SealedDraft sealed;
    private final SortedMap<Long, Contents> expected = new TreeMap<>();
    private final SortedMap<Long, Problem> problems = new TreeMap<>();
    private final Set<Long> stuck = new HashSet<>();

    private final List<Step> creations = new ArrayList<>();
    private final List<Step> writes = new ArrayList<>();
    private final List<Step> outerCreations = new ArrayList<>();
    private final List<Step> slots = new ArrayList<>();
    private final List<Step> switches = new ArrayList<>();
    private final List<Step> deletions = new ArrayList<>();
    private final List<Step> freezes = new ArrayList<>();
    private final List<Step> pins = new ArrayList<>();

    PlanDraft(PinPaths paths, Desired desired, Actual actual, SortedSet<Long> due,
            HostNumbers numbers, SealedDraft sealed) {
        this.paths = paths;
        this.desired = desired;
        this.actual = actual;
        this.due = due;
        this.numbers = numbers;
        this.sealed = sealed;
    }

    Plan plan() {
        List<DesiredMap> outers = new ArrayList<>();
        SortedMap<Long, SealedChange> changed = new TreeMap<>();
        for (long id : due) {
            DesiredMap map = desired.map(id);
            if (map == null) {
                continue;
            }
            if (map.spec().type().isOuter()) {
                outers.add(map);
            } else if (sealed.isSealed(map)) {
                addSealed(map, changed);
            } else {
                add(map, difference(map));
            }
        }
        // Only now is it known which inner maps are stuck.
        SortedMap<Long, ElementsDifference> differences = new TreeMap<>();
        outers.forEach(map -> differences.put(map.id(), difference(map)));
        sealed.decide(changed, differences, this::isReady);
        changed.forEach(this::addGeneration);
        SortedMap<Long, SortedMap<Bytes, Long>> switchedSlots = sealed.slots();
        for (DesiredMap map : outers) {
            addOuter(map, Objects.requireNonNull(differences.get(map.id())),
                    switchedSlots.getOrDefault(map.id(), Collections.emptySortedMap()));
        }
        List<Step> steps = new ArrayList<>();
        for (List<Step> phase : List.of(creations, writes, outerCreations, slots, switches,
                deletions, freezes, pins)) {
            steps.addAll(phase);
        }
        return new Plan(steps, expected, problems);
    }

    private ElementsDifference difference(DesiredMap map) {
        return ElementsDifference.of(map, contents(actual.held(map.id())), numbers, this::isReady);
    }

    private static Contents contents(@Nullable Held held) {
        return held == null ? ElementsDifference.EMPTY : held.contents().orElseThrow();
    }

    private void add(DesiredMap map, ElementsDifference difference) {
        @Nullable
        Held held = actual.held(map.id());
        if (held != null && held.frozen() && !difference.isNothing()) {
            stopFrozen(map, held);
            return;
        }
        if (held == null) {
            boolean seeded = map.spec().ownership() == Ownership.SEED;
            Optional<String> hindrance = seeded
                    ? ElementsDifference.seedProblem(map, numbers)
                    : Optional.empty();
            if (hindrance.isPresent()) {
                stuck.add(map.id());
                problems.put(map.id(), new Problem(0, hindrance.get(), Retry.NEVER));
                return;
            }
            creations.add(new Step.Create(map.id(), KernelName.of(map.spec().name()), map.spec(),
                    seeded ? ElementsDifference.seed(map, numbers) : List.of()));
        }
        addContents(map, difference);
        addState(map, held, difference);
        note(map, difference.innersNotReady(), difference.unresolved());
        expected.put(map.id(), difference.after());
    }

    /** A map that is as desired only loses the last way to write it; one that is not changes by another generation. */
    private void addSealed(DesiredMap map, SortedMap<Long, SealedChange> changed) {
        Held held = actual.held(map.id());
        SealedChange change = SealedChange.of(map, contents(held), numbers);
        note(map, Collections.emptySortedSet(), change.unresolved());
        if (held == null) {
            creations.add(new Step.Build(map.id(), 1, KernelName.of(map.spec().name()), map.spec(),
                    change.after()));
            return;
        }
        Path wanted = paths.of(map, held.generation());
        if (!held.pins().contains(wanted)) {
            creations.add(new Step.Pin(map.id(), wanted));
        }
        if (!change.isNothing()) {
            changed.put(map.id(), change);
            return;
        }
        if (!held.frozen() && GenerationBuilder.isFrozenWhenBuilt(map.spec())) {
            freezes.add(new Step.Freeze(map.id()));
        }
        expected.put(map.id(), change.after());
    }

    private void addGeneration(long id, SealedChange change) {
        DesiredMap map = desired.map(id);
        Held held = actual.held(id);
        if (map == null || held == null) {
            return;
        }
        if (!sealed.isSwitched(id)) {
            problems.put(id, new Problem(0,
                    "its new contents wait, because an outer map that holds it changes as a whole or not at all, and another map in it is not ready",
                    Retry.WITH_OTHERS));
            return;
        }
        int next = sealed.generation(id);
        if (held.kept(next).isPresent()) {
            creations.add(new Step.Verify(id, next, change.after()));
        } else {
            creations.add(new Step.Build(id, next, KernelName.of(map.spec().name()), map.spec(),
                    change.after()));
        }
        switches.add(new Step.Switch(id, next, change.after(), sealed.outers(id)));
    }

    private void addOuter(DesiredMap map, ElementsDifference difference,
            SortedMap<Bytes, Long> switchedSlots) {
        Held held = actual.held(map.id());
        if (held != null && held.frozen()
                && !(difference.isNothing() && switchedSlots.isEmpty())) {
            stopFrozen(map, held);
            forget(map, difference, switchedSlots);
            return;
        }
        if (held == null) {
            outerCreations.add(new Step.Create(map.id(), KernelName.of(map.spec().name()),
                    map.spec(), List.of()));
        }
        addState(map, held, difference);
        note(map, difference.innersNotReady(), difference.unresolved());
        if (sealed.isBlocked(map.id())) {
            problems.putIfAbsent(map.id(), new Problem(0,
                    "its slots stay as they were, because its inner maps change as a whole or not at all, and one of them is not ready",
                    Retry.WITH_OTHERS));
            return;
        }
        List<SlotChange> changes = sealed.changes(map, difference, switchedSlots);
        Step delete = new Step.DeleteSlots(map.id(), difference.deletes());
        if (!difference.deletes().isEmpty() && difference.deletesFirst()) {
            slots.add(delete);
        }
        if (!changes.isEmpty()) {
            slots.add(new Step.WriteSlots(map.id(), changes));
        }
        if (!difference.deletes().isEmpty() && !difference.deletesFirst()) {
            slots.add(delete);
        }
        expected.put(map.id(), difference.after());
    }

    /** The slots of a frozen outer map stay with generations that are not in use any more. */
    private void forget(DesiredMap map, ElementsDifference difference,
            SortedMap<Bytes, Long> switchedSlots) {
        if (difference.isNothing()) {
            TreeMap<Bytes, Bytes> marks = new TreeMap<>();
            switchedSlots.keySet().forEach(key -> marks.put(key, OpenMaps.UNKNOWN_SLOT));
            expected.put(map.id(), new Contents(difference.after().elements().edit(marks),
                    difference.after().resolved(), 0));
        }
    }

    private void addContents(DesiredMap map, ElementsDifference difference) {
        long id = map.id();
        List<Step> deletes = difference.deletesFirst() ? writes : deletions;
        for (int from = 0; from < difference.deletes().size(); from += CHUNK_ELEMENTS) {
            int to = Math.min(from + CHUNK_ELEMENTS, difference.deletes().size());
            deletes.add(new Step.DeleteElements(id, difference.deletes().subList(from, to)));
        }
        if (!difference.expressions().isEmpty()) {
            writes.add(new Step.WriteExpressions(id, difference.expressions()));
        }
        for (List<KernelElement> some : difference.writes()) {
            writes.add(new Step.WriteElements(id, some));
        }
    }

    private void addState(DesiredMap map, @Nullable Held held, ElementsDifference difference) {
        // What is left as it is could never be set behind the freezing.
        boolean isWhole = difference.innersNotReady().isEmpty()
                && difference.unresolved().isEmpty();
        if (map.frozen() && isWhole && (held == null || !held.frozen())) {
            freezes.add(new Step.Freeze(map.id()));
        }
        Path wanted = paths.of(map, held == null ? 1 : held.generation());
        if (held == null || !held.pins().contains(wanted)) {
            pins.add(new Step.Pin(map.id(), wanted));
        }
    }

    private void note(DesiredMap map, SortedSet<Long> innersNotReady,
            SortedSet<String> unresolved) {
        if (!innersNotReady.isEmpty()) {
            long first = innersNotReady.first();
            @Nullable
            DesiredMap inner = desired.map(first);
            String name = inner == null
                    ? "the map with id " + first
                    : '"' + inner.spec().name() + "\" (id " + first + ")";
            problems.put(map.id(), new Problem(0,
                    "%s not in the kernel as they should be, first %s; "
                            .formatted(counted(innersNotReady.size(),
                                    "inner map is", "inner maps are"), name)
                            + "slots that are to hold them stay as they were",
                    Retry.WITH_OTHERS));
        } else if (!unresolved.isEmpty()) {
            problems.put(map.id(), new Problem(Errno.ENODEV.number(),
                    "%s (%s); these elements %s until that changes"
                            .formatted(unresolved.first(),
                                    counted(unresolved.size(),
                                            "value that means nothing here",
                                            "values that mean nothing here"),
                                    switch (map.spec().unresolved()) {
                                        case KEEP -> "stay as they were";
                                        case EMPTY -> "are taken out";
                                    }),
                    Retry.SLOWLY));
        }
    }

    private static String counted(int count, String one, String many) {
        return count + " " + (count == 1 ? one : many);
    }

    private void stopFrozen(DesiredMap map, Held held) {
        stuck.add(map.id());
        problems.put(map.id(), Problem.frozen(held));
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
                && SealedChange.holdsAll(inner, held.contents().get(), numbers);
    }
}
