package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Errno;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sets and removes pins. Never removes, and never replaces, a pin of a map that is not ours. */
final class Pinner {
    private final Kernel kernel;
    private final PinPaths paths;
    private final OpenMaps open;
    private final PinFinder finder;

    Pinner(Kernel kernel, PinPaths paths, OpenMaps open, PinFinder finder) {
        this.kernel = kernel;
        this.paths = paths;
        this.open = open;
        this.finder = finder;
    }

    /** Marks a new map as ours. Before that, nothing keeps it. */
    void mark(long mapId, KernelMap map) throws ProblemException {
        try {
            kernel.makeDirectories(paths.ownedDirectory());
            map.pin(paths.owned(mapId));
        } catch (KernelException e) {
            throw new ProblemException(Problem.ofPin(e));
        }
    }

    /**
     * Pins a held map. Where somebody else pinned a map there since we looked, ours, which nobody found so far, is given up, and so is
     * one that somebody else made: none is held then, so that the one at the pin is looked at.
     */
    Actual pin(Step.Pin step, Held held, KernelMap map, Actual actual)
            throws KernelException, ProblemException {
        Path parent = step.path().getParent();
        if (parent != null) {
            kernel.makeDirectories(parent);
        }
        if (held.created() && held.pins().isEmpty() && !held.fresh()
                && finder.kernelId(paths.owned(step.mapId())).isEmpty()) {
            // All pins were lost, the mark too.
            mark(step.mapId(), map);
        }
        try {
            map.pin(step.path());
            return actual.with(step.mapId(), held.withPin(step.path()));
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
        }
        Optional<Integer> occupant = finder.kernelId(step.path());
        Optional<Long> owner = occupant.flatMap(open::owner);
        if (occupant.isPresent() && occupant.get() == held.kernelId()) {
            return actual.with(step.mapId(), held.withPin(step.path()));
        }
        if (owner.isPresent() && finder.isOurs(occupant.get())) {
            replace(step, map);
            Held former = actual.held(owner.get());
            return (former == null
                    ? actual
                    : actual.with(owner.get(), former.withoutPin(step.path())))
                    .with(step.mapId(), held.withPin(step.path()));
        }
        if (occupant.isPresent() && paths.isLoaders(held, step.path())) {
            return actual.with(step.mapId(), new Holding.Replaced(held));
        }
        if (occupant.isPresent() && held.fresh()) {
            kernel.unpin(paths.owned(step.mapId()));
            open.drop(step.mapId());
            return actual.with(step.mapId(), null);
        }
        throw new ProblemException(new Problem(Errno.EEXIST.number(),
                ("pin %s is not this map's (kernel id %d) any more, %s: programs that open it by this path do not see what "
                        + "the store wants; remove that pin and the agent pins its own again, or %s to let it take over the other")
                        .formatted(step.path(), held.kernelId(),
                                occupant.map(id -> "but that of kernel id " + id)
                                        .orElse("but something that is no map"),
                                held.created()
                                        ? "remove " + paths.owned(step.mapId())
                                        : "start the agent anew"),
                Retry.SLOWLY));
    }

    /** In one step, so that whoever opens the path gets the one map or the other. */
    private void replace(Step.Pin step, KernelMap map) throws KernelException {
        Path next = paths.ownedNext(step.mapId());
        if (finder.kernelId(next).isPresent()) {
            kernel.unpin(next);
        }
        map.pin(next);
        boolean renamed = false;
        try {
            kernel.renamePin(next, step.path());
            renamed = true;
        } finally {
            if (!renamed) {
                kernel.unpin(next);
            }
        }
    }

    Actual unpin(Step.Unpin step, Actual actual) throws KernelException {
        unpin(step.path(), step.kernelId());
        Held held = actual.held(step.mapId());
        return held == null ? actual : actual.with(step.mapId(), held.withoutPin(step.path()));
    }

    Actual release(Step.Release step, Actual actual) throws KernelException {
        for (Pinned pin : step.pins()) {
            unpin(pin.path(), pin.kernelId());
        }
        open.drop(step.mapId());
        step.pins().forEach(pin -> open.forget(pin.kernelId()));
        finder.forget(step.mapId());
        SortedMap<Long, Actual.Leftover> leftovers = new TreeMap<>(actual.leftovers());
        leftovers.remove(step.mapId());
        Tree<Holding> holdings = actual.with(step.mapId(), null).holdings();
        return new Actual(holdings, leftovers);
    }

    Actual drop(Step.Drop step, Held held, Actual actual) throws KernelException {
        for (Pinned pin : step.pins()) {
            unpin(pin.path(), pin.kernelId());
            open.forget(pin.kernelId());
        }
        return actual.with(step.mapId(), held.withoutKept(step.generation()));
    }

    private void unpin(Path pin, int kernelId) throws KernelException {
        if (finder.kernelId(pin).equals(Optional.of(kernelId))) {
            kernel.unpin(pin);
        }
    }
}
