package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeMap;

/** What an agent that starts would do, after it looked. */
final class Restart {
    private Restart() {}

    static Plan plan(Kernel kernel, Path root, Desired desired) throws KernelException {
        PinPaths paths = new PinPaths(root);
        Planner planner = new Planner(paths, 2);
        HostNumbers numbers = new KnownNumbers(kernel);
        SortedSet<Long> all = desired.changedSince(Desired.NOTHING);
        try (Executor executor = new Executor(kernel, paths)) {
            all.forEach(id -> executor.claims().add(desired.map(id), id));
            Plan looks = planner.plan(desired, Holders.of(desired), executor.begin(), all, numbers);
            Executor.Outcome looked = executor.run(looks, executor.begin());
            if (!looked.failures().isEmpty()) {
                return new Plan(looks.steps(), new TreeMap<>(), looked.failures());
            }
            return planner.plan(desired, Holders.of(desired), looked.actual(), all, numbers);
        }
    }
}
