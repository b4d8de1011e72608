package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.Slot;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.agent.reconcile.Step.ExpressionElement;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Does the steps of a plan in their order. A step that fails ends the work on its map, and on no other; what that map holds is
 * then taken for unknown and read again before anything else is done to it. For one thread.
 */
final class Executor implements AutoCloseable {
    private final OpenMaps open = new OpenMaps();
    private final PinFinder finder;
    private final Pinner pinner;
    private final MapCreator creator;
    private final ElementWrites writes;

    Executor(Kernel kernel, PinPaths paths) {
        this.finder = new PinFinder(kernel, paths, open);
        this.pinner = new Pinner(kernel, paths, open, finder);
        this.creator = new MapCreator(kernel, open, pinner);
        this.writes = new ElementWrites(kernel);
    }

    /** What the kernel is known to hold after a plan, and which maps failed. */
    record Outcome(Actual actual, SortedMap<Long, Problem> failures) {}

    /** What is known at the start: nothing but what an agent before left. */
    Actual begin() throws KernelException {
        return new Actual(Tree.ofObjects(), finder.leftovers());
    }

    /** Does all steps. Throws nothing that the kernel says: it is in the outcome. */
    Outcome run(Plan plan, Actual before) {
        Run run = new Run(before);
        plan.steps().forEach(run::perform);
        return run.outcome(plan.expected());
    }

    /** Closes all maps; pins, slots and programs keep them alive. */
    @Override
    public void close() {
        open.close();
    }

    /** A change of elements; the kernel may stop it half way. */
    private interface ElementChange {
        void perform() throws KernelException;
    }

    /** One plan while it is performed. */
    private final class Run {
        private Actual actual;
        private final SortedMap<Long, Problem> failures = new TreeMap<>();
        /** Outer maps that could not get all of their slots, because inner maps failed. */
        private final SortedMap<Long, Problem> waiting = new TreeMap<>();
        private final Set<Long> unknown = new HashSet<>();

        Run(Actual actual) {
            this.actual = actual;
        }

        void perform(Step step) {
            long id = step.mapId();
            if (failures.containsKey(id)) {
                return;
            }
            try {
                switch (step) {
                    case Step.Open look -> look(look);
                    case Step.ReadBack(_, MapSpec spec) -> {
                        actual = actual.with(id,
                                held(id).withContents(Optional.of(open.read(spec, map(id)))));
                    }
                    case Step.Create create -> {
                        actual = actual.with(id, null);
                        actual = actual.with(id, creator.create(create));
                    }
                    case Step.WriteElements(_, List<KernelElement> elements) ->
                        change(id, () -> writes.write(held(id).spec(), map(id), elements));
                    case Step.WriteExpressions(_, List<ExpressionElement> elements) ->
                        change(id, () -> writes.writeExpressions(held(id).spec(), map(id),
                                elements));
                    case Step.DeleteElements(_, List<Bytes> keys) ->
                        change(id, () -> ElementWrites.delete(map(id), keys));
                    case Step.WriteSlots(_, List<SlotChange> slots) -> set(id, slots);
                    case Step.DeleteSlots(_, List<Bytes> keys) ->
                        change(id, () -> ElementWrites.delete(map(id), keys));
                    case Step.Freeze _ -> freeze(id);
                    case Step.Pin pin -> pin(pin);
                    case Step.Unpin unpin -> actual = pinner.unpin(unpin, actual);
                    case Step.Release release -> actual = pinner.release(release, actual);
                }
            } catch (KernelException e) {
                failures.put(id, Problem.of(e, actual.held(id)));
            } catch (ProblemException e) {
                failures.put(id, e.problem());
            }
        }

        Outcome outcome(SortedMap<Long, Contents> expected) {
            expected.forEach((id, contents) -> {
                Held held = actual.held(id);
                if (held != null) {
                    actual = actual.with(id, held.withContents(
                            unknown.contains(id) ? Optional.empty() : Optional.of(contents)));
                }
            });
            for (var entry : waiting.entrySet()) {
                failures.putIfAbsent(entry.getKey(), entry.getValue());
            }
            return new Outcome(actual, failures);
        }

        private void look(Step.Open step) throws KernelException, ProblemException {
            Holding found = finder.find(step);
            SortedMap<Long, Actual.Leftover> leftovers = new TreeMap<>(actual.leftovers());
            leftovers.remove(step.mapId());
            actual = new Actual(actual.with(step.mapId(), found).holdings(), leftovers);
        }

        private void set(long id, List<SlotChange> changes) throws KernelException {
            List<Slot> slots = new ArrayList<>(changes.size());
            for (SlotChange change : changes) {
                long inner = change.innerMapId();
                KernelMap innerMap = open.get(inner);
                if (innerMap == null || unknown.contains(inner) || failures.containsKey(inner)) {
                    unknown.add(id);
                    Problem cause = failures.get(inner);
                    waiting.put(id, new Problem(cause == null ? 0 : cause.errno(),
                            "the slot with key %s stays as it was, because its inner map (id %d) failed: %s"
                                    .formatted(
                                            change.key(), inner,
                                            cause == null ? "it is not open" : cause.message()),
                            Retry.WITH_OTHERS));
                } else {
                    slots.add(new Slot(change.key(), innerMap));
                }
            }
            change(id, () -> map(id).updateSlots(slots).orThrow());
        }

        /** What a change that fails has left in a map is not known. */
        private void change(long id, ElementChange change) throws KernelException {
            boolean wasUnknown = !unknown.add(id);
            change.perform();
            if (!wasUnknown) {
                unknown.remove(id);
            }
        }

        private void freeze(long id) throws KernelException {
            KernelMap map = map(id);
            if (!map.frozen()) {
                map.freeze();
            }
            actual = actual.with(id, held(id).freeze());
        }

        private void pin(Step.Pin step) throws KernelException, ProblemException {
            actual = pinner.pin(step, held(step.mapId()), map(step.mapId()), actual);
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
}
