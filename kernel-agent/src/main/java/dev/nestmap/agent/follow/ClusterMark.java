package dev.nestmap.agent.follow;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.PinPaths;
import dev.nestmap.model.Errno;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Remembers, below the pin root itself, which cluster's maps are pinned there, and how new they can be: a directory
 * {@code _cluster/UUID/REVISION}. So the memory lives as long as the maps do, and not longer. For one thread at a time.
 */
public final class ClusterMark {
    private final Kernel kernel;
    private final PinPaths paths;
    private final Path directory;
    /** What stands below the directory; empty where it must be looked at. */
    private Optional<Path> written = Optional.empty();

    /** The mark of a pin root. */
    public ClusterMark(Kernel kernel, Path pinRoot) {
        this.kernel = kernel;
        this.paths = new PinPaths(pinRoot);
        this.directory = paths.clusterDirectory();
    }

    /**
     * Whose maps are pinned here.
     *
     * @param clusterId the cluster
     * @param revision nothing newer was handed to the kernel; empty where that is not known
     */
    public record Mark(String clusterId, OptionalLong revision) {}

    /** The cluster whose maps are here; empty where there are none, so that any cluster may come. */
    public Optional<Mark> read() throws KernelException {
        boolean empty = kernel.pins(paths.ownedDirectory()).isEmpty()
                && kernel.pins(paths.innerDirectory()).isEmpty();
        List<String> names = kernel.directories(directory);
        if (empty || names.isEmpty()) {
            return Optional.empty();
        }
        List<String> revisions = kernel.directories(directory.resolve(names.getFirst()));
        boolean ours = revisions.stream().allMatch(name -> name.matches("[0-9]{1,18}"));
        return Optional.of(new Mark(names.getFirst(), ours
                ? revisions.stream().mapToLong(Long::parseLong).max()
                : OptionalLong.empty()));
    }

    /**
     * From now on this root belongs to a cluster, and up to this revision something may have been handed to the kernel. To be called
     * before that is done.
     */
    public void write(String clusterId, long revision) throws KernelException {
        Path newest = directory.resolve(clusterId).resolve(Long.toString(revision));
        Optional<Path> before = written;
        if (before.equals(Optional.of(newest))) {
            return;
        }
        written = Optional.empty();
        if (!kernel.takesPins(paths.root())) {
            // Made all the same, it would be found there whenever the bpffs is not mounted.
            throw new KernelException("make directory " + newest, Errno.ENOENT,
                    "the bpffs was unmounted");
        }
        kernel.makeDirectories(newest);
        if (before.isPresent()
                && Objects.equals(before.get().getParent(), newest.getParent())) {
            remove(before.get());
        } else {
            removeOthers(newest);
        }
        written = Optional.of(newest);
    }

    /** One that is gone already went with the bpffs in which it was. */
    private void remove(Path directory) throws KernelException {
        try {
            kernel.removeDirectory(directory);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private void removeOthers(Path newest) throws KernelException {
        for (String name : kernel.directories(directory)) {
            Path cluster = directory.resolve(name);
            for (String revision : kernel.directories(cluster)) {
                if (!cluster.resolve(revision).equals(newest)) {
                    kernel.removeDirectory(cluster.resolve(revision));
                }
            }
            if (!cluster.equals(newest.getParent())) {
                kernel.removeDirectory(cluster);
            }
        }
    }
}
