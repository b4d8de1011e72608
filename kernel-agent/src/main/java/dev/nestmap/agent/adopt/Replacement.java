package dev.nestmap.agent.adopt;

import dev.nestmap.agent.kernel.ElementWalk;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.reconcile.Definition;
import dev.nestmap.agent.reconcile.KernelName;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import java.nio.file.Path;
import java.util.List;

/**
 * Puts a new map in the place of one that is pinned: created aside, filled where that is asked for, and then renamed over the pin, in
 * one step, so that whoever opens the path finds the old one or the whole new one. The old one is gone when no program holds it
 * any more.
 */
final class Replacement {
    private static final int PAGE_BYTES = 256 << 10;
    private static final String SUFFIX = "_nestmap_next";

    private final Kernel kernel;
    private final Path pin;
    private final MapSpec spec;

    Replacement(Kernel kernel, Path pin, MapSpec spec) {
        this.kernel = kernel;
        this.pin = pin;
        this.spec = spec;
    }

    /** The number of elements copied. */
    long perform(KernelMap old, boolean copy) throws KernelException {
        KernelMapSpec was = old.info().spec();
        String operation = "replace pin " + pin;
        if (spec.type().isOuter() || was.type().isOuter()) {
            throw new KernelException(operation, Errno.EOPNOTSUPP,
                    "maps of maps are not exchanged: remove the pin, and the agent makes the map that the store wants");
        }
        if (copy && (was.keySize() != spec.keySize() || was.valueSize() != spec.valueSize())) {
            throw new KernelException(operation, Errno.EINVAL,
                    "elements of %d and %d bytes cannot be copied into a map with key_size %d and value_size %d; --on-mismatch recreate leaves them behind"
                            .formatted(was.keySize(), was.valueSize(), spec.keySize(),
                                    spec.valueSize()));
        }
        try (KernelMap made = kernel.create(KernelName.of(spec.name()), Definition.toCreate(spec),
                null)) {
            long copied = copy ? copy(old, made) : 0;
            Path next = pin.resolveSibling(pin.getFileName() + SUFFIX);
            removeLeftover(next);
            made.pin(next);
            boolean renamed = false;
            try {
                refuseOther(old.info().id());
                kernel.renamePin(next, pin);
                renamed = true;
            } finally {
                if (!renamed) {
                    kernel.unpin(next);
                }
            }
            return copied;
        }
    }

    /** Of an agent that died between its pin and the renaming. */
    private void removeLeftover(Path next) throws KernelException {
        try (KernelMap left = kernel.openPin(next).orElse(null)) {
            if (left != null) {
                kernel.unpin(next);
            }
        }
    }

    /** Copying takes its time: what was put there meanwhile stays. */
    private void refuseOther(int kernelId) throws KernelException {
        try (KernelMap now = kernel.openPin(pin).orElse(null)) {
            if (now == null || now.info().id() != kernelId) {
                throw new KernelException("replace pin " + pin, Errno.EEXIST,
                        "the map with kernel id %d is not there any more: somebody exchanged it; look again"
                                .formatted(kernelId));
            }
        }
    }

    private static long copy(KernelMap from, KernelMap to) throws KernelException {
        ElementWalk walk = from.walk(PAGE_BYTES);
        long copied = 0;
        boolean last = false;
        while (!last) {
            ElementWalk.Page page = walk.next();
            List<KernelElement> elements = page.elements();
            to.updateBatch(elements).orThrow();
            copied += elements.size();
            last = page.last();
        }
        return copied;
    }
}
