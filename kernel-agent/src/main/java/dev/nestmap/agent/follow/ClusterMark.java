package dev.nestmap.agent.follow;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Remembers, below the pin root itself, which cluster's maps are pinned there: a directory {@code _cluster/UUID}. So the memory
 * lives as long as the maps do, and not longer.
 */
public final class ClusterMark {
    private final Kernel kernel;
    private final Path pinRoot;
    private final Path directory;

    /** The mark of a pin root. */
    public ClusterMark(Kernel kernel, Path pinRoot) {
        this.kernel = kernel;
        this.pinRoot = pinRoot;
        this.directory = pinRoot.resolve("_cluster");
    }

    /** The cluster whose maps are here; empty where there are none, so that any cluster may come. */
    Optional<String> read() throws KernelException {
        boolean empty = kernel.pins(pinRoot.resolve("_owned")).isEmpty()
                && kernel.pins(pinRoot.resolve("_inner")).isEmpty();
        List<String> names = kernel.directories(directory);
        return empty || names.isEmpty() ? Optional.empty() : Optional.of(names.getFirst());
    }

    /** From now on this root belongs to a cluster. */
    void write(String clusterId) throws KernelException {
        for (String former : kernel.directories(directory)) {
            if (!former.equals(clusterId)) {
                kernel.removeDirectory(directory.resolve(former));
            }
        }
        kernel.makeDirectories(directory.resolve(clusterId));
    }
}
