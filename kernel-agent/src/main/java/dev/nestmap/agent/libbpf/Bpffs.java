package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The file system that pins live in. */
public final class Bpffs {
    private static final Path USUAL_MOUNT_POINT = Path.of("/sys/fs/bpf");
    /** BPF_FS_MAGIC of linux/magic.h. */
    private static final long MAGIC = 0xcafe4a11L;
    /** More than {@code struct statfs} has on any 64-bit machine (120 bytes); its first field is f_type. */
    private static final int STATFS_BYTES = 256;

    private Bpffs() {}

    /**
     * Sees to it that a pin root will be in a bpffs: mounts one on /sys/fs/bpf, or on the pin root itself where
     * that is elsewhere, unless the pin root or the nearest directory above it that exists is in one already.
     *
     * <p>The pin root itself may still have to be made: {@link
     * dev.nestmap.agent.kernel.Kernel#makeDirectories}.
     *
     * @return where it mounted; empty where nothing was to be done
     * @throws KernelException EPERM with the command to run as root; ENOENT where /sys/fs/bpf does not exist
     */
    public static Optional<Path> ensureMounted(Path pinRoot) throws KernelException {
        Path root = pinRoot.toAbsolutePath().normalize();
        if (covers(root)) {
            return Optional.empty();
        }
        Path mountPoint = root.startsWith(USUAL_MOUNT_POINT) ? USUAL_MOUNT_POINT : root;
        if (mountPoint.equals(root) && !root.equals(USUAL_MOUNT_POINT)) {
            PinFiles.makeDirectories(root);
        }
        String operation = "mount a bpffs on " + mountPoint;
        int result = LibC.mount("bpf", mountPoint, "bpf", "mode=0700");
        if (result == -Errno.EPERM.number()) {
            throw new KernelException(operation, Errno.EPERM,
                    "this process lacks CAP_SYS_ADMIN: run as root, once: mount -t bpf bpf "
                            + mountPoint);
        }
        if (result < 0) {
            throw new KernelException(operation, -result);
        }
        return Optional.of(mountPoint);
    }

    /** True where a directory, or the nearest one above it that exists, is in a bpffs. */
    static boolean covers(Path directory) throws KernelException {
        return isBpffs(nearestExisting(directory.toAbsolutePath().normalize()));
    }

    static boolean isBpffs(Path existing) throws KernelException {
        return fileSystem(existing) == MAGIC;
    }

    /** The magic number of the file system that a path is in. */
    static long fileSystem(Path existing) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment statfs = arena.allocate(STATFS_BYTES);
            int result = LibC.statfs(existing, statfs);
            if (result < 0) {
                throw new KernelException("examine the file system of " + existing, -result);
            }
            return statfs.get(JAVA_LONG, 0);
        }
    }

    private static Path nearestExisting(Path path) {
        Path parent = path.getParent();
        return parent == null || Files.exists(path) ? path : nearestExisting(parent);
    }
}
