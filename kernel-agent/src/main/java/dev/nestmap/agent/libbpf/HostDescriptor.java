package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.HostObject;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** An open descriptor of a program or of a cgroup directory. For one thread. */
final class HostDescriptor implements HostObject {
    /** CGROUP2_SUPER_MAGIC of linux/magic.h. */
    private static final long CGROUP2 = 0x63677270L;

    private final int descriptor;
    private final int id;
    private boolean closed;

    private HostDescriptor(int descriptor, int id) {
        this.descriptor = descriptor;
        this.id = id;
    }

    static Optional<HostObject> program(Path pin) throws KernelException {
        String operation = "open pin " + pin;
        int fd;
        try (Arena arena = Arena.ofConfined()) {
            fd = LibBpf.bpf_obj_get(arena.allocateFrom(pin.toString()));
        }
        return isAbsent(fd, operation)
                ? Optional.empty()
                : Optional.of(own(fd, () -> FdInfo.programId(fd, operation)
                        .orElseThrow(() -> new KernelException(operation, Errno.EINVAL,
                                "this is not a program"))));
    }

    static Optional<HostObject> cgroup(Path directory) throws KernelException {
        String operation = "open cgroup " + directory;
        int fd = LibC.open(directory);
        if (isAbsent(fd, operation)) {
            return Optional.empty();
        }
        return Optional.of(own(fd, () -> {
            if (Bpffs.fileSystem(directory) != CGROUP2) {
                throw new KernelException(operation, Errno.EBADF,
                        "this is no directory of a cgroup version 2 hierarchy");
            }
            return inode(directory, operation);
        }));
    }

    private interface Question {
        int ask() throws KernelException;
    }

    private static HostDescriptor own(int fd, Question id) throws KernelException {
        boolean owned = false;
        try {
            HostDescriptor descriptor = new HostDescriptor(fd, id.ask());
            owned = true;
            return descriptor;
        } finally {
            if (!owned) {
                LibC.close(fd);
            }
        }
    }

    private static boolean isAbsent(int fd, String operation) throws KernelException {
        if (fd == -Errno.ENOENT.number() || fd == -Errno.ENOTDIR.number()) {
            return true;
        }
        if (fd < 0) {
            throw new KernelException(operation, -fd);
        }
        return false;
    }

    private static int inode(Path directory, String operation) throws KernelException {
        try {
            return Long.hashCode((Long) Files.getAttribute(directory, "unix:ino"));
        } catch (IOException e) {
            throw new KernelException(operation, Errno.EIO, "cannot examine it: " + e);
        }
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LibC.close(descriptor);
        }
    }
}
