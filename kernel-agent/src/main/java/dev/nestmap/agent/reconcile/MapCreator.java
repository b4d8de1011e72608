package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes maps in the kernel and marks them as ours. For one thread, but for {@link #make}. */
final class MapCreator {
    private final Kernel kernel;
    private final OpenMaps open;
    private final Pinner pinner;

    MapCreator(Kernel kernel, OpenMaps open, Pinner pinner) {
        this.kernel = kernel;
        this.open = open;
        this.pinner = pinner;
    }

    /** Makes a map with what it is to begin with, and leaves it open. One that cannot be marked as ours is gone again. */
    Held create(Step.Create step) throws KernelException, ProblemException {
        long id = step.mapId();
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
                    open.drop(id);
                }
            }
            return new Held(id, spec, map.info().id(), true, true, false, List.of(),
                    Optional.of(ElementsDifference.EMPTY));
        }
    }

    /** Makes a map that nothing keeps so far. */
    KernelMap make(String name, KernelMapSpec spec, @Nullable KernelMap template)
            throws KernelException, ProblemException {
        try {
            return kernel.create(name, spec, template);
        } catch (KernelException e) {
            KernelFeatures features = kernel.features();
            if (e.is(Errno.EPERM) || features.mapTypes().contains(spec.type())) {
                throw new ProblemException(Problem.ofCreation(e, features));
            }
            throw new ProblemException(new Problem(e.errnoNumber(),
                    "create %s: the kernel of this host (%s) has no maps of this type: use a newer kernel, or place the map elsewhere"
                            .formatted(spec.type().word(), features.release()),
                    Retry.NEVER));
        }
    }
}
