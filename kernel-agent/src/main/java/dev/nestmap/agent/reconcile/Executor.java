package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.tree.Tree;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Does the steps of a plan in their order. A step that fails ends the work on its map, and on no other; what that map holds is
 * then taken for unknown and read again before anything else is done to it. For one thread.
 */
final class Executor implements AutoCloseable {
    private final OpenMaps open = new OpenMaps();
    private final PinFinder finder;
    private final Hands hands;
    private final Kernel kernel;
    private final PinPaths paths;
    private final Witness witness;
    private AdoptedPins adopted;

    /** With nobody who looks on. */
    Executor(Kernel kernel, PinPaths paths) {
        this(kernel, paths, Witness.NOBODY);
    }

    Executor(Kernel kernel, PinPaths paths, Witness witness) {
        this.kernel = kernel;
        this.paths = paths;
        this.witness = witness;
        this.finder = new PinFinder(kernel, paths, open);
        this.adopted = AdoptedPins.none(kernel, paths);
        Pinner pinner = new Pinner(kernel, paths, open, finder);
        MapCreator creator = new MapCreator(kernel, open, pinner);
        GenerationBuilder builder = new GenerationBuilder(kernel, paths, creator);
        Generations generations = new Generations(kernel, paths, open, builder);
        this.hands = new Hands(paths, open, finder, pinner, creator, generations,
                new Ahead(builder, generations), new ElementWrites(kernel));
    }

    /** Those who know how to do the steps. */
    record Hands(
            PinPaths paths,
            OpenMaps open,
            PinFinder finder,
            Pinner pinner,
            MapCreator creator,
            Generations generations,
            Ahead ahead,
            ElementWrites writes) {}

    /** What the kernel is known to hold after a plan, and which maps failed. */
    record Outcome(Actual actual, SortedMap<Long, Problem> failures) {}

    /** As {@link #run(Plan, Actual, Optional)}, where there are pins. */
    Outcome run(Plan plan, Actual before) {
        return run(plan, before, Optional.empty());
    }

    /** What is known at the start: nothing but what an agent before left. */
    Actual begin() throws KernelException {
        adopted = AdoptedPins.find(kernel, paths);
        return new Actual(Tree.ofObjects(), finder.leftovers());
    }

    /** What looks for changes that others made to the maps that are open here. */
    Inspector inspector(DriftOptions options, DriftLedger ledger) {
        return new Inspector(kernel, paths, open, finder, options, ledger);
    }

    /** Removes what adoptions left that were broken off before this agent started, and that the store does not know. */
    void sweep(Desired desired) {
        adopted.sweep(desired);
    }

    /** Which elements of shared maps are ours. */
    Claims claims() {
        return open.claims();
    }

    /**
     * Does all steps. Throws nothing that the kernel says: it is in the outcome.
     *
     * @param lost why there are no pins at present; empty where there are
     */
    Outcome run(Plan plan, Actual before, Optional<Problem> lost) {
        PlanRun run = new PlanRun(hands, before, lost);
        try {
            int prepared = 0;
            for (int i = 0; i < plan.steps().size(); i++) {
                if (i == prepared) {
                    prepared += run.prepare(plan.steps().subList(i, plan.steps().size()));
                }
                perform(run, plan.steps().get(i));
            }
        } finally {
            hands.ahead().clear();
            hands.generations().closeAside();
        }
        return run.outcome(plan.expected());
    }

    private void perform(PlanRun run, Step step) {
        Deed deed = Deed.of(step, run.spec(step.mapId()));
        if (run.errno(step.mapId()).isEmpty()) {
            long begun = System.nanoTime();
            run.perform(step);
            witness.saw(deed, System.nanoTime() - begun + hands.ahead().spentNanos(step),
                    run.errno(step.mapId()));
        }
    }

    /** Closes all maps; pins, slots and programs keep them alive. */
    @Override
    public void close() {
        open.close();
    }
}
