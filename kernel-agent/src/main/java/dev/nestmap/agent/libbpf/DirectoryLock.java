package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.PinRootLock;
import dev.nestmap.model.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * flock(2) on the directory itself, for bpffs refuses to create a lock file (EACCES). The kernel ends it with
 * the process.
 */
final class DirectoryLock implements PinRootLock {
    private final Path directory;
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();

    private DirectoryLock(Path directory, int fd) {
        this.directory = directory;
        this.fd = fd;
    }

    static DirectoryLock take(Path directory) throws KernelException {
        String operation = "lock pin root " + directory;
        // open(2) of a pin gives EIO, not ENOTDIR.
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new KernelException(operation, Errno.ENOTDIR);
        }
        int fd = LibC.open(directory);
        if (fd < 0) {
            throw new KernelException(operation, -fd);
        }
        DirectoryLock lock = new DirectoryLock(directory, fd);
        int result = LibC.flock(fd);
        if (result == 0) {
            return lock;
        }
        lock.close();
        throw result == -Errno.EAGAIN.number()
                ? new KernelException(operation, Errno.EAGAIN,
                        "another agent runs on it; stop that one, or give this one another --pin-root")
                : new KernelException(operation, -result);
    }

    @Override
    public boolean isInPlace() {
        try {
            return Files.isSameFile(directory, Path.of("/proc/self/fd/" + fd));
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            LibC.close(fd);
        }
    }
}
