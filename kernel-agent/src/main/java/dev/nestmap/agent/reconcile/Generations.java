package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Opens and checks versions of maps that were built aside. For one thread, but for {@link #verify}. */
final class Generations {
    private final Kernel kernel;
    private final PinPaths paths;
    private final OpenMaps open;
    private final GenerationBuilder builder;
    /** Open between two steps of one plan, by their kernel ids. */
    private final Map<Integer, KernelMap> aside = new ConcurrentHashMap<>();

    Generations(Kernel kernel, PinPaths paths, OpenMaps open, GenerationBuilder builder) {
        this.kernel = kernel;
        this.paths = paths;
        this.open = open;
        this.builder = builder;
    }

    /** One that is open here until {@link #closeAside}; opened by its pin where it was not built in this plan. */
    KernelMap aside(long mapId, Generation generation) throws KernelException, ProblemException {
        KernelMap known = aside.get(generation.kernelId());
        if (known != null) {
            return known;
        }
        KernelMap opened = open(mapId, generation);
        aside.put(generation.kernelId(), opened);
        return opened;
    }

    /** The same, which is the caller's from now on. */
    KernelMap take(long mapId, Generation generation) throws KernelException, ProblemException {
        KernelMap taken = aside(mapId, generation);
        aside.remove(generation.kernelId());
        return taken;
    }

    /** Keeps a map that was built open until {@link #closeAside}. */
    void keepAside(KernelMap built) {
        aside.put(built.info().id(), built);
    }

    /** Closes what nobody took: their pins keep them. */
    void closeAside() {
        aside.values().forEach(KernelMap::close);
        aside.clear();
    }

    /** Opens one by its pin. The caller closes it. */
    private KernelMap open(long mapId, Generation generation)
            throws KernelException, ProblemException {
        KernelMap map = kernel.openPin(paths.inner(mapId, generation.number())).orElse(null);
        if (map != null && map.info().id() == generation.kernelId()) {
            return map;
        }
        if (map != null) {
            map.close();
        }
        throw new ProblemException(new Problem(0,
                "pin %s is gone or leads to another map than generation %d of it"
                        .formatted(paths.inner(mapId, generation.number()), generation.number()),
                Retry.SOON));
    }

    /** A map with what a kept generation really holds; without that generation where its pin is gone. */
    Held read(Held held, Generation generation, Contents like) throws KernelException {
        try (KernelMap map = open(held.mapId(), generation)) {
            Tree<Bytes> elements = open.read(held.mapId(), held.spec(), map).elements();
            TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
            for (Change<Bytes> change : Tree.difference(like.elements(), elements)) {
                edits.put(change.key(), change.after());
            }
            Contents contents = new Contents(like.elements().edit(edits), new TreeMap<>(), 0);
            return held.withKept(new Generation(generation.number(), generation.kernelId(),
                    map.frozen(), Optional.of(contents)));
        } catch (ProblemException _) {
            return held.withoutKept(generation.number());
        }
    }

    /** True where a kept generation is still there and holds exactly this. Many threads may ask, each of another map. */
    boolean verify(Held held, Generation generation, Contents contents) throws KernelException {
        try {
            KernelMap map = aside(held.mapId(), generation);
            // What neither system calls nor programs can write is as it was when it was read back.
            return (generation.frozen() && (held.spec().flags() & MapFlags.RDONLY_PROG) != 0)
                    || builder.holds(held.spec(), map,
                            HeldNumbers.bytes(held.spec(), contents));
        } catch (ProblemException _) {
            return false;
        }
    }
}
