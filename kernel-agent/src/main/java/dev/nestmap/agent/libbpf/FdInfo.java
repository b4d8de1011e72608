package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What /proc says of an fd of ours and the bpf() calls do not: whether it is a map at all, and whether that is
 * frozen.
 */
final class FdInfo {
    private FdInfo() {}

    static boolean isMap(int fd, String operation) throws KernelException {
        return read(fd, operation).contains("\nmap_type:");
    }

    static boolean isFrozen(int fd, String operation) throws KernelException {
        return read(fd, operation).contains("\nfrozen:\t1");
    }

    /** Empty where it is no program. */
    static Optional<Integer> programId(int fd, String operation) throws KernelException {
        return read(fd, operation).lines()
                .filter(line -> line.startsWith("prog_id:\t"))
                .map(line -> Integer.valueOf(line.substring("prog_id:\t".length())))
                .findFirst();
    }

    private static String read(int fd, String operation) throws KernelException {
        Path path = Path.of("/proc/self/fdinfo/" + fd);
        try {
            return "\n" + Files.readString(path);
        } catch (IOException e) {
            throw new KernelException(operation, Errno.EIO, "cannot read " + path + ": " + e);
        }
    }
}
