package dev.nestmap.benchmarks.publish;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.DesiredMap;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.agent.reconcile.Reconciler;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.TreeMap;

/** A large hash that is written in place: the agent's side. For one thread. */
final class HashWrites implements AutoCloseable {
    private static final long HASH = 1;

    private final Reconciler reconciler;
    private final int entries;
    private long revision;

    HashWrites(Kernel kernel, Path pinRoot, int entries) throws KernelException {
        this.reconciler = new Reconciler(kernel, pinRoot);
        this.entries = entries;
    }

    /** A state in which every value is another than with another seed. */
    Desired desired(int seed) {
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        for (int i = 0; i < entries; i++) {
            elements.put(Bytes.u32be(i), Bytes.u64le(i * 7L + seed));
        }
        MapSpec spec = MapSpec.of("default", "hash", MapType.HASH, 4, 8, entries);
        return new Desired(++revision, Tree.<DesiredMap>ofObjects()
                .with(Desired.key(HASH), new DesiredMap(HASH, spec, false, false, true,
                        Tree.ofBytes().edit(elements))));
    }

    /** Brings the kernel to a state; the time until it holds it. */
    Time write(Desired desired) {
        return Time.of(() -> {
            Progress progress = reconciler.advance(desired, System.nanoTime());
            if (!progress.conditions().isEmpty()) {
                throw new IllegalStateException(progress.conditions().toString());
            }
        });
    }

    @Override
    public void close() {
        reconciler.close();
    }
}
