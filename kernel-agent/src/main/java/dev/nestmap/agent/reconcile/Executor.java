package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.BatchOutcome;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.Slot;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.agent.reconcile.Step.ExpressionElement;
import dev.nestmap.agent.reconcile.Step.SlotChange;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRules;
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
import org.jspecify.annotations.Nullable;

/**
 * Does the steps of a plan in their order. A step that fails ends the work on its map, and on no other; what that map holds is
 * then taken for unknown and read again before anything else is done to it. For one thread.
 */
final class Executor implements AutoCloseable {
    private final Kernel kernel;
    private final OpenMaps open = new OpenMaps();
    private final PinFinder finder;
    private final Pinner pinner;
    private final ExpressionWriter writer;

    Executor(Kernel kernel, PinPaths paths) {
        this.kernel = kernel;
        this.finder = new PinFinder(kernel, paths, open);
        this.writer = new ExpressionWriter(kernel);
        this.pinner = new Pinner(kernel, paths, open, finder);
    }

    /** What the kernel is known to hold after a plan, and which maps failed. */
    record Outcome(Applied applied, SortedMap<Long, Problem> failures) {}

    /** What is known at the start: nothing but what an agent before left. */
    Applied begin() throws KernelException {
        return new Applied(Tree.ofObjects(), finder.leftovers());
    }

    /** Does all steps. Throws nothing that the kernel says: it is in the outcome. */
    Outcome run(Plan plan, Applied before) {
        Run run = new Run(before);
        plan.steps().forEach(run::perform);
        return run.outcome(plan.expected());
    }

    /** Closes all maps; pins, slots and programs keep them alive. */
    @Override
    public void close() {
        open.close();
    }

    /** One plan while it is performed. */
    private final class Run {
        private Applied applied;
        private final SortedMap<Long, Problem> failures = new TreeMap<>();
        /** Outer maps that could not get all of their slots, because inner maps failed. */
        private final SortedMap<Long, Problem> waiting = new TreeMap<>();
        private final Set<Long> unknown = new HashSet<>();

        Run(Applied applied) {
            this.applied = applied;
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
                        applied = applied.with(id,
                                held(id).withContents(Optional.of(open.read(spec, map(id)))));
                    }
                    case Step.Create create -> create(create);
                    case Step.WriteElements(_, List<KernelElement> elements) -> write(id, elements);
                    case Step.WriteExpressions(_, List<ExpressionElement> elements) ->
                        writeExpressions(id, elements);
                    case Step.DeleteElements(_, List<Bytes> keys) -> delete(id, keys);
                    case Step.WriteSlots(_, List<SlotChange> slots) -> set(id, slots);
                    case Step.DeleteSlots(_, List<Bytes> keys) -> delete(id, keys);
                    case Step.Freeze _ -> freeze(id);
                    case Step.Pin pin -> pin(pin);
                    case Step.Unpin unpin -> applied = pinner.unpin(unpin, applied);
                    case Step.Release release -> applied = pinner.release(release, applied);
                }
            } catch (KernelException e) {
                failures.put(id, Problem.of(e, applied.held(id)));
            } catch (ProblemException e) {
                failures.put(id, e.problem());
            }
        }

        Outcome outcome(SortedMap<Long, Contents> expected) {
            expected.forEach((id, contents) -> {
                Held held = applied.held(id);
                if (held != null) {
                    applied = applied.with(id, held.withContents(
                            unknown.contains(id) ? Optional.empty() : Optional.of(contents)));
                }
            });
            for (var entry : waiting.entrySet()) {
                failures.putIfAbsent(entry.getKey(), entry.getValue());
            }
            return new Outcome(applied, failures);
        }

        private void look(Step.Open step) throws KernelException, ProblemException {
            Holding found = finder.find(step);
            SortedMap<Long, Applied.Leftover> leftovers = new TreeMap<>(applied.leftovers());
            leftovers.remove(step.mapId());
            applied = new Applied(applied.with(step.mapId(), found).holdings(), leftovers);
        }

        /** A map that cannot be marked as ours is gone when it is closed here. */
        private void create(Step.Create step) throws KernelException, ProblemException {
            long id = step.mapId();
            applied = applied.with(id, null);
            MapSpec spec = step.spec();
            InnerTemplate template = spec.innerTemplate();
            try (KernelMap templateMap = template == null
                    ? null
                    : make("template", Definition.toCreate(template), null)) {
                KernelMap map = make(step.kernelName(), Definition.toCreate(spec), templateMap);
                open.put(id, map);
                boolean marked = false;
                try {
                    // Before the mark: a map that is found by it holds all that it is to begin with.
                    map.updateBatch(step.seed()).orThrow();
                    pinner.mark(id, map);
                    marked = true;
                } finally {
                    if (!marked) {
                        open.drop(id, map.info().id());
                    }
                }
                applied = applied.with(id,
                        new Held(id, spec, map.info().id(), true, true, false, List.of(),
                                Optional.of(Fill.EMPTY)));
            }
        }

        private KernelMap make(String name, KernelMapSpec spec, @Nullable KernelMap template)
                throws KernelException, ProblemException {
            try {
                return kernel.create(name, spec, template);
            } catch (KernelException e) {
                if (e.is(Errno.EPERM) || kernel.features().mapTypes().contains(spec.type())) {
                    throw e;
                }
                throw new ProblemException(new Problem(e.errnoNumber(),
                        "create %s: the kernel of this host (%s) has no maps of this type: use a newer kernel, or place the map elsewhere"
                                .formatted(spec.type().word(), kernel.features().release()),
                        Retry.NEVER));
            }
        }

        private void writeExpressions(long id, List<ExpressionElement> elements)
                throws KernelException {
            unknown.add(id);
            KernelException first = null;
            for (ExpressionElement element : elements) {
                try {
                    writer.write(held(id).spec(), map(id), element);
                } catch (KernelException e) {
                    first = first == null ? e : first;
                }
            }
            if (first != null) {
                throw first;
            }
            unknown.remove(id);
        }

        private void write(long id, List<KernelElement> elements) throws KernelException {
            unknown.add(id);
            KernelException first = null;
            int from = 0;
            while (from < elements.size()) {
                BatchOutcome outcome = map(id).updateBatch(elements.subList(from, elements.size()));
                KernelException failure = outcome.failure().orElse(null);
                if (failure == null) {
                    break;
                }
                first = first == null ? failure : first;
                // One bad interface must not keep the others from working; other types fail for all elements alike.
                from = hasExpressions(id) ? from + outcome.done() + 1 : elements.size();
            }
            if (first != null) {
                throw first;
            }
            unknown.remove(id);
        }

        private void delete(long id, List<Bytes> keys) throws KernelException {
            boolean wasUnknown = !unknown.add(id);
            int from = 0;
            while (from < keys.size()) {
                BatchOutcome outcome = map(id).deleteBatch(keys.subList(from, keys.size()));
                KernelException failure = outcome.failure().orElse(null);
                if (failure == null) {
                    break;
                }
                if (!failure.is(Errno.ENOENT)) {
                    throw failure;
                }
                from += outcome.done() + 1;
            }
            if (!wasUnknown) {
                unknown.remove(id);
            }
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
            boolean wasUnknown = !unknown.add(id);
            map(id).updateSlots(slots).orThrow();
            if (!wasUnknown) {
                unknown.remove(id);
            }
        }

        private void freeze(long id) throws KernelException {
            KernelMap map = map(id);
            if (!map.frozen()) {
                map.freeze();
            }
            applied = applied.with(id, held(id).freeze());
        }

        private void pin(Step.Pin step) throws KernelException, ProblemException {
            applied = pinner.pin(step, held(step.mapId()), map(step.mapId()), applied);
            if (applied.held(step.mapId()) == null) {
                forgetSlots();
                throw new ProblemException(new Problem(Errno.EEXIST.number(),
                        "pin %s: a loader was first; its map is looked at next"
                                .formatted(step.path()),
                        Retry.SOON));
            }
        }

        /** A map of ours was exchanged for another: which of the two the slots hold is to be read. */
        private void forgetSlots() {
            for (Entry<Holding> entry : applied.holdings()) {
                if (entry.value() instanceof Held held && held.spec().type().isOuter()) {
                    unknown.add(held.mapId());
                    applied = applied.with(held.mapId(), held.withContents(Optional.empty()));
                    waiting.put(held.mapId(),
                            new Problem(0, "an inner map was exchanged", Retry.WITH_OTHERS));
                }
            }
        }

        private boolean hasExpressions(long id) {
            return !MapRules.expressions(held(id).spec().type()).isEmpty();
        }

        private KernelMap map(long id) {
            KernelMap map = open.get(id);
            if (map == null) {
                throw new IllegalStateException("map " + id + " is worked on, but not open");
            }
            return map;
        }

        private Held held(long id) {
            Held held = applied.held(id);
            if (held == null) {
                throw new IllegalStateException("map " + id + " is worked on, but not held");
            }
            return held;
        }
    }
}
