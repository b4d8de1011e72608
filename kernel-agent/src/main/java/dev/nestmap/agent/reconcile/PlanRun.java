package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.BatchOutcome;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.Slot;
import dev.nestmap.agent.reconcile.Executor.Hands;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.agent.reconcile.Step.ExpressionElement;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.tree.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One plan while it is performed. For one thread. */
final class PlanRun {
    /** A change of elements; the kernel may stop it half way. */
    private interface ElementChange {
        BatchOutcome perform();
    }

    private final Hands hands;
    private final OpenMaps open;
    private final Optional<Problem> lost;
    private Actual actual;
    private final SortedMap<Long, Problem> failures = new TreeMap<>();
    /** Outer maps that could not get all of their slots, because inner maps failed. */
    private final SortedMap<Long, Problem> waiting = new TreeMap<>();
    private final Set<Long> unknown = new HashSet<>();
    /** Maps of which elements were changed. */
    private final Set<Long> changed = new HashSet<>();
    /** Maps that are full, and as they were before. */
    private final Set<Long> unchanged = new HashSet<>();

    /**
     * Does nothing yet.
     *
     * @param lost why there are no pins at present; empty where there are
     */
    PlanRun(Hands hands, Actual before, Optional<Problem> lost) {
        this.lost = lost;
        this.hands = hands;
        this.open = hands.open();
        this.actual = before;
    }

    /** As {@link Ahead#prepare}. */
    int prepare(List<Step> steps) {
        return lost.isPresent()
                ? steps.size()
                : hands.ahead().prepare(steps, actual, failures.keySet());
    }

    void perform(Step step) {
        long id = step.mapId();
        if (failures.containsKey(id)) {
            return;
        }
        if (lost.isPresent() && step.needsPins()) {
            failures.put(id, lost.get());
            return;
        }
        try {
            switch (step) {
                case Step.Open look -> look(look);
                case Step.ReadBack(_, MapSpec spec) -> {
                    actual = actual.with(id,
                            held(id).withContents(Optional.of(open.read(id, spec, map(id)))));
                }
                case Step.Create create -> {
                    actual = actual.with(id, null);
                    actual = actual.with(id, hands.creator().create(create));
                }
                case Step.WriteElements(_, List<KernelElement> elements) ->
                    change(id, () -> hands.writes().write(held(id).spec(), map(id), elements));
                case Step.WriteExpressions(_, List<ExpressionElement> elements) ->
                    change(id, () -> hands.writes()
                            .writeExpressions(held(id).spec(), map(id),
                                    elements));
                case Step.DeleteElements(_, List<Bytes> keys) ->
                    change(id, () -> ElementWrites.delete(map(id), keys));
                case Step.WriteSlots(_, List<SlotChange> slots) -> set(id, slots);
                case Step.DeleteSlots(_, List<Bytes> keys) ->
                    change(id, () -> ElementWrites.deleteSlots(map(id), keys));
                case Step.Freeze _ -> freeze(id);
                case Step.Pin pin -> pin(pin);
                case Step.Unpin unpin -> actual = hands.pinner().unpin(unpin, actual);
                case Step.Build build -> build(build);
                case Step.ReadGeneration(_, int number, Contents like) ->
                    actual = actual.with(id,
                            hands.generations().read(held(id), kept(id, number), like));
                case Step.Verify verify -> verify(verify);
                case Step.Switch change -> switchTo(change);
                case Step.Drop drop -> actual = hands.pinner().drop(drop, held(id), actual);
                case Step.Release release -> actual = hands.pinner().release(release, actual);
            }
        } catch (KernelException e) {
            failures.put(id, step.isAboutPins()
                    ? Problem.ofPin(e)
                    : Problem.of(e, actual.held(id)));
        } catch (ProblemException e) {
            failures.put(id, e.problem());
        }
    }

    /** Why the map has failed, 0 where the cause is no system call; empty: it has not, so far. */
    OptionalInt errno(long id) {
        Problem failure = failures.get(id);
        return failure == null ? OptionalInt.empty() : OptionalInt.of(failure.errno());
    }

    /** What the map is, where it is held. */
    @Nullable
    MapSpec spec(long id) {
        Held held = actual.held(id);
        return held == null ? null : held.spec();
    }

    Executor.Outcome outcome(SortedMap<Long, Contents> expected) {
        expected.forEach((id, contents) -> {
            Held held = actual.held(id);
            if (held != null && !unchanged.contains(id)) {
                actual = actual.with(id, held.withContents(
                        unknown.contains(id) ? Optional.empty() : Optional.of(contents)));
            }
        });
        for (var entry : waiting.entrySet()) {
            failures.putIfAbsent(entry.getKey(), entry.getValue());
        }
        return new Executor.Outcome(actual, failures);
    }

    private void look(Step.Open step) throws KernelException, ProblemException {
        if (actual.holding(step.mapId()) instanceof Holding.Replaced(Held former)) {
            // Where the other is gone again, or is none for us, there is still this one.
            actual = actual.with(step.mapId(), former);
        }
        Holding found = hands.finder().find(step);
        if (found instanceof Holding.Missing && actual.held(step.mapId()) != null) {
            return;
        }
        SortedMap<Long, Actual.Leftover> leftovers = new TreeMap<>(actual.leftovers());
        leftovers.remove(step.mapId());
        actual = new Actual(actual.with(step.mapId(), found).holdings(), leftovers);
    }

    private void build(Step.Build step) throws KernelException, ProblemException {
        long id = step.mapId();
        boolean frozen = GenerationBuilder.isFrozenWhenBuilt(step.spec());
        Held held = actual.held(id);
        KernelMap built = hands.ahead().build(step);
        int kernelId = built.info().id();
        if (held == null) {
            open.put(id, built);
            actual = actual.with(id, new Held(id, step.spec(), kernelId, false, false, frozen,
                    List.of(hands.paths().inner(id, step.generation())),
                    Optional.of(step.contents()),
                    step.generation(), List.of()));
        } else {
            hands.generations().keepAside(built);
            actual = actual.with(id, held.withKept(new Generation(step.generation(), kernelId,
                    frozen, Optional.of(step.contents()))));
        }
    }

    private void verify(Step.Verify step) throws KernelException, ProblemException {
        Held held = held(step.mapId());
        Generation kept = kept(step.mapId(), step.generation());
        if (!hands.ahead().verify(step, held, kept)) {
            // What it holds is nobody's wish: another one is built in its place, perhaps under its number.
            Pinned pin = new Pinned(hands.paths().inner(step.mapId(), kept.number()),
                    kept.kernelId());
            actual = hands.pinner()
                    .drop(new Step.Drop(step.mapId(), kept.number(), List.of(pin)), held, actual);
            throw new ProblemException(new Problem(0,
                    "generation %d of it is gone, or was changed by a program since it was built, so it is not used again"
                            .formatted(step.generation()),
                    Retry.SOON));
        }
    }

    /** Where a slot could not be set, all that is known is what is read back. */
    private void switchTo(Step.Switch step) throws KernelException, ProblemException {
        long id = step.mapId();
        Optional<Problem> hindrance = step.outers()
                .stream()
                .flatMap(outer -> Optional.ofNullable(
                        failures.getOrDefault(outer, waiting.get(outer))).stream())
                .findFirst();
        if (hindrance.isPresent()) {
            unknown.addAll(step.outers());
            throw new ProblemException(new Problem(hindrance.get().errno(),
                    "its new contents (generation %d) wait for the slots that are to hold them: %s"
                            .formatted(step.generation(), hindrance.get().message()),
                    Retry.WITH_OTHERS));
        }
        Generation next = kept(id, step.generation());
        open.put(id, hands.generations().take(id, next));
        actual = actual.with(id,
                held(id).switchedTo(next.withContents(step.contents()),
                        hands.paths().inner(id, step.generation())));
    }

    private Generation kept(long id, int number) throws ProblemException {
        return held(id).kept(number)
                .orElseThrow(() -> new ProblemException(
                        new Problem(0, "generation %d of it is gone".formatted(number),
                                Retry.SOON)));
    }

    private void set(long id, List<SlotChange> changes)
            throws KernelException, ProblemException {
        List<Slot> slots = new ArrayList<>(changes.size());
        for (SlotChange change : changes) {
            KernelMap inner = inner(id, change);
            if (inner != null) {
                slots.add(new Slot(change.key(), inner));
            }
        }
        Problem hindrance = waiting.get(id);
        if (hindrance != null && held(id).spec().publish() == Publish.SEALED) {
            // All of it or nothing: also the slots of inner maps that did not fail stay as they were.
            throw new ProblemException(hindrance);
        }
        change(id, () -> map(id).updateSlots(slots));
    }

    /** What a slot is to hold; null, and a reason to wait, where that failed. */
    private @Nullable KernelMap inner(long outer, SlotChange change) throws KernelException {
        long inner = change.innerMapId();
        Problem cause = failures.get(inner);
        if (cause == null && !unknown.contains(inner)) {
            try {
                if (change.generation() == SlotChange.IN_USE && open.get(inner) != null) {
                    return open.get(inner);
                }
                if (change.generation() != SlotChange.IN_USE) {
                    return hands.generations().aside(inner, kept(inner, change.generation()));
                }
            } catch (ProblemException e) {
                cause = e.problem();
            }
        }
        unknown.add(outer);
        waiting.put(outer, new Problem(cause == null ? 0 : cause.errno(),
                "the slot with key %s stays as it was, because its inner map (id %d) failed: %s"
                        .formatted(
                                change.key(), inner,
                                cause == null ? "it is not open" : cause.message()),
                Retry.WITH_OTHERS));
        return null;
    }

    /** What a change that fails has left in a map is not known: a batch that stopped is read back before anything is believed. */
    private void change(long id, ElementChange change) throws KernelException, ProblemException {
        boolean wasUnknown = !unknown.add(id);
        BatchOutcome outcome = change.perform();
        Optional<Problem> full = wasUnknown || changed.contains(id)
                ? Optional.empty()
                : Room.none(outcome, held(id));
        if (full.isPresent()) {
            unknown.remove(id);
            unchanged.add(id);
            throw new ProblemException(full.get());
        }
        changed.add(id);
        KernelException failure = outcome.failure().orElse(null);
        if (failure != null && failure.is(Errno.EPERM) && map(id).frozen()) {
            actual = actual.with(id, held(id).freeze());
            throw new ProblemException(Problem.frozen(held(id)));
        }
        outcome.orThrow();
        if (!wasUnknown) {
            unknown.remove(id);
        }
    }

    private void freeze(long id) throws KernelException, ProblemException {
        Problem hindrance = waiting.get(id);
        if (hindrance != null) {
            throw new ProblemException(hindrance);
        }
        KernelMap map = map(id);
        if (!map.frozen()) {
            map.freeze();
        }
        actual = actual.with(id, held(id).freeze());
    }

    private void pin(Step.Pin step) throws KernelException, ProblemException {
        actual = hands.pinner().pin(step, held(step.mapId()), map(step.mapId()), actual);
        if (actual.held(step.mapId()) == null) {
            forgetSlots();
            throw new ProblemException(new Problem(Errno.EEXIST.number(),
                    "pin %s: a loader was first; its map is looked at next"
                            .formatted(step.path()),
                    Retry.SOON));
        }
    }

    /** A map of ours was exchanged for another: which of the two the slots hold is to be read. */
    private void forgetSlots() {
        for (Entry<Holding> entry : actual.holdings()) {
            if (entry.value() instanceof Held held && held.spec().type().isOuter()) {
                unknown.add(held.mapId());
                actual = actual.with(held.mapId(), held.withContents(Optional.empty()));
                waiting.put(held.mapId(),
                        new Problem(0, "an inner map was exchanged", Retry.WITH_OTHERS));
            }
        }
    }

    private KernelMap map(long id) {
        KernelMap map = open.get(id);
        if (map == null) {
            throw new IllegalStateException("map " + id + " is worked on, but not open");
        }
        return map;
    }

    private Held held(long id) {
        Held held = actual.held(id);
        if (held == null) {
            throw new IllegalStateException("map " + id + " is worked on, but not held");
        }
        return held;
    }
}
