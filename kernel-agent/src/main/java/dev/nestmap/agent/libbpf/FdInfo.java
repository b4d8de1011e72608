package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What /proc says of an fd of ours and the bpf() calls do not: whether it is a map at all, and whether that is
 * frozen.
 */
final class FdInfo {
    /** More than is read of the name of any object that is no file. */
    private static final int LINK_BYTES = 256;

    private FdInfo() {}

    static boolean isMap(int fd, String operation) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(LINK_BYTES);
            int length = LibC.readlink("/proc/self/fd/" + fd, target);
            if (length < 0) {
                throw new KernelException(operation, -length);
            }
            return StandardCharsets.US_ASCII
                    .decode(target.asSlice(0, length).asByteBuffer())
                    .toString()
                    .equals("anon_inode:bpf-map");
        }
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
