package dev.nestmap.benchmarks.publish;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.DesiredMap;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.agent.reconcile.Reconciler;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;

/** Rings as those of Katran, in the slots of one outer map that is published sealed: the agent's side. For one thread. */
final class Rings implements AutoCloseable {
    private static final long OUTER = 1;
    private static final long FIRST_RING = 2;

    private final Kernel kernel;
    private final Path pinRoot;
    private final Reconciler reconciler;
    private final int rings;
    private final int entries;
    private final int flags;
    private final List<Bytes> keys = new ArrayList<>();
    private long revision;

    Rings(Kernel kernel, Path pinRoot, int rings, int entries, int flags)
            throws KernelException {
        this.kernel = kernel;
        this.pinRoot = pinRoot;
        this.rings = rings;
        this.entries = entries;
        this.flags = flags;
        this.reconciler = new Reconciler(kernel, pinRoot);
        for (int i = 0; i < entries; i++) {
            keys.add(Bytes.u32be(i));
        }
    }

    /** A state in which every element of every ring is another than with another seed. */
    Desired desired(int seed) {
        TreeMap<Bytes, DesiredMap> maps = new TreeMap<>();
        TreeMap<Bytes, Bytes> slots = new TreeMap<>();
        for (int ring = 0; ring < rings; ring++) {
            long id = FIRST_RING + ring;
            MapSpec spec = MapSpec.of("default", "ring" + ring, MapType.ARRAY, 4, 4, entries)
                    .withFlags(flags)
                    .withPlacement(new Placement.FollowsOuter());
            maps.put(Desired.key(id),
                    new DesiredMap(id, spec, false, false, false, elements(ring, seed)));
            slots.put(Bytes.u32be(ring), Bytes.u64be(id));
        }
        MapSpec outer = MapSpec.of("default", "rings", MapType.ARRAY_OF_MAPS, 4, 4, rings)
                .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 4, entries, flags))
                .withPublish(Publish.SEALED);
        maps.put(Desired.key(OUTER), new DesiredMap(OUTER, outer, false, false, true,
                Tree.ofBytes().edit(slots)));
        return new Desired(++revision, Tree.<DesiredMap>ofObjects().edit(maps));
    }

    /** A state with one ring otherwise. */
    Desired withRing(Desired desired, int ring, int seed) {
        DesiredMap map = desired.map(FIRST_RING + ring);
        if (map == null) {
            throw new IllegalArgumentException("there is no ring " + ring);
        }
        return new Desired(++revision, desired.maps()
                .with(Desired.key(map.id()), new DesiredMap(map.id(), map.spec(), false, false,
                        false, elements(ring, seed))));
    }

    private Tree<Bytes> elements(int ring, int seed) {
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        for (int i = 0; i < entries; i++) {
            elements.put(keys.get(i), Bytes.u32le((ring * 31 + i * 7 + seed * 13) | 1));
        }
        return Tree.ofBytes().edit(elements);
    }

    /** Brings the kernel to a state; the time until the slots hold it. What goes then is not in it. */
    Time publish(Desired desired) {
        Time time = Time.of(() -> {
            Progress progress = reconciler.advance(desired, System.nanoTime());
            if (!progress.conditions().isEmpty()) {
                throw new IllegalStateException(progress.conditions().toString());
            }
        });
        reconciler.release(System.nanoTime());
        return time;
    }

    /** Reads the kernel ids that the slots hold, and finds that they are still the same. */
    Time check() throws KernelException {
        try (KernelMap outer = kernel.openPin(pinRoot.resolve("default/rings")).orElseThrow()) {
            List<KernelElement> before = outer.readAll();
            if (new HashSet<>(before).size() != rings) {
                throw new IllegalStateException("not every slot holds a map of its own");
            }
            return Time.of(() -> {
                try {
                    if (!before.equals(outer.readAll())) {
                        throw new IllegalStateException("slots changed under us");
                    }
                } catch (KernelException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    @Override
    public void close() {
        reconciler.close();
    }
}
