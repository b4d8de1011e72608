package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.pages.MapPages;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * Builds one version of a map aside, and reads versions back. A generation gets its pin last: what is found by a number is complete,
 * and of one that was interrupted nothing stays. For any number of threads, each with maps of its own.
 */
final class GenerationBuilder {
    /** Bounds the memory for elements on their way. */
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int CHUNK_ELEMENTS = 4096;

    private final Kernel kernel;
    private final PinPaths paths;
    private final MapCreator creator;

    GenerationBuilder(Kernel kernel, PinPaths paths, MapCreator creator) {
        this.kernel = kernel;
        this.paths = paths;
        this.creator = creator;
    }

    /** Sealed are maps of which the kernel takes it: not those with spin locks. */
    static boolean isFrozenWhenBuilt(MapSpec spec) {
        return spec.spinLock().isEmpty();
    }

    /** Builds one, or finds it where the same step was done before. The caller closes it: its pin keeps it. */
    KernelMap build(Step.Build step) throws KernelException, ProblemException {
        Path pin = paths.inner(step.mapId(), step.generation());
        Optional<KernelMap> before = kernel.openPin(pin);
        boolean built = false;
        Tree<Bytes> elements = HeldNumbers.bytes(step.spec(), step.contents());
        KernelMap map = before.isPresent()
                ? before.get()
                : creator.make(step.kernelName(), Definition.toCreate(step.spec()), null);
        try {
            if (before.isEmpty()) {
                fill(step.spec(), map, elements);
            }
            if (!holds(step.spec(), map, elements)) {
                throw new ProblemException(new Problem(0, before.isEmpty()
                        ? "generation %d of it does not hold what was written into it, so it is not used"
                                .formatted(step.generation())
                        : "pin %s leads to another map than generation %d of it: remove that pin"
                                .formatted(pin, step.generation()),
                        Retry.SLOWLY));
            }
            if (isFrozenWhenBuilt(step.spec()) && (before.isEmpty() || !map.frozen())) {
                map.freeze();
            }
            if (before.isEmpty()) {
                pin(map, pin);
            }
            built = true;
            return map;
        } finally {
            if (!built) {
                map.close();
            }
        }
    }

    private void pin(KernelMap map, Path pin) throws ProblemException {
        try {
            try {
                map.pin(pin);
            } catch (KernelException e) {
                if (!e.is(Errno.ENOENT)) {
                    throw e;
                }
                kernel.makeDirectories(paths.innerDirectory());
                map.pin(pin);
            }
        } catch (KernelException e) {
            throw new ProblemException(Problem.ofPin(e));
        }
    }

    private void fill(MapSpec spec, KernelMap map, Tree<Bytes> elements) throws KernelException {
        if (MapPages.suit(spec, elements)) {
            MapPages.fill(spec, map, elements);
            return;
        }
        int chunk = Math.clamp(CHUNK_BYTES / (spec.keySize() + map.valueWidth() + 1L), 1,
                CHUNK_ELEMENTS);
        List<KernelElement> some = new ArrayList<>(chunk);
        for (Entry<Bytes> entry : elements) {
            some.add(element(spec, entry));
            if (some.size() == chunk) {
                map.updateBatch(some).orThrow();
                some.clear();
            }
        }
        map.updateBatch(some).orThrow();
    }

    private KernelElement element(MapSpec spec, Entry<Bytes> entry) {
        return new KernelElement(StoredElements.wireKey(spec, entry.key()),
                value(spec, entry.key(), entry.value()));
    }

    /** As system calls move it. */
    private Bytes value(MapSpec spec, Bytes key, Bytes stored) {
        return switch (StoredElements.element(spec, key, stored).value()) {
            case Value.Data(Bytes bytes) ->
                KernelValues.forAll(spec, bytes, kernel.possibleCpus());
            case Value.PerCpu(List<Bytes> values) -> KernelValues.forEach(spec, values);
            case Value.Slot _,Value.Expression _ -> throw new IllegalStateException(
                    "no kernel has such elements in a map that is published sealed: " + spec.ref());
        };
    }

    /** Reads a map back; costs no second copy of what is desired. */
    boolean holds(MapSpec spec, KernelMap map, Tree<Bytes> elements)
            throws KernelException {
        if (MapPages.suit(spec, elements)) {
            return MapPages.holds(spec, map, elements);
        }
        return MapRules.isDense(spec.type())
                ? holdsInOrder(spec, map, elements)
                : holdsInAnyOrder(spec, map, elements);
    }

    /** Arrays are read in the order of their indexes, as the store keeps them. */
    private boolean holdsInOrder(MapSpec spec, KernelMap map, Tree<Bytes> elements)
            throws KernelException {
        Iterator<Entry<Bytes>> wanted = elements.iterator();
        KernelElement next = wanted.hasNext() ? element(spec, wanted.next()) : null;
        for (KernelElement read : map.readAll()) {
            if (next != null && next.key().equals(read.key())) {
                if (!next.value().equals(read.value())) {
                    return false;
                }
                next = wanted.hasNext() ? element(spec, wanted.next()) : null;
            } else if (!read.value().isZero()) {
                return false;
            }
        }
        return next == null;
    }

    private boolean holdsInAnyOrder(MapSpec spec, KernelMap map, Tree<Bytes> elements)
            throws KernelException {
        long matching = 0;
        for (KernelElement read : map.readAll()) {
            Bytes key = StoredElements.storedKey(spec, read.key());
            Bytes wanted = elements.get(key);
            if (wanted == null || !value(spec, key, wanted).equals(read.value())) {
                return false;
            }
            matching++;
        }
        return matching == elements.size();
    }
}
