package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;

/** BTF in the kernel; a map that was created with it keeps it alive. */
record BtfFd(int fd) implements AutoCloseable {
    private static final int LOG_BYTES = 1 << 16;

    /** {@code struct bpf_btf_load_opts} of libbpf 1.0; later ones only add to its end. */
    private static final StructLayout LOAD_OPTS = MemoryLayout.structLayout(
            JAVA_LONG.withName("sz"), ADDRESS.withName("log_buf"),
            JAVA_INT.withName("log_level"), JAVA_INT.withName("log_size"));

    /**
     * BPF_BTF_LOAD.
     *
     * @throws KernelException with the last line of the kernel's log; EPERM without CAP_BPF
     */
    static BtfFd load(Bytes data, String operation) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment section = arena.allocate(Math.max(1, data.size()))
                    .copyFrom(MemorySegment.ofBuffer(data.asByteBuffer()));
            MemorySegment log = arena.allocate(LOG_BYTES);
            MemorySegment options = arena.allocate(LOAD_OPTS);
            options.set(JAVA_LONG, 0, LOAD_OPTS.byteSize());
            options.set(ADDRESS, 8, log);
            options.set(JAVA_INT, 20, LOG_BYTES);
            // With a buffer and level 0, libbpf asks for the log only where the first try failed.
            int fd = LibBpf.bpf_btf_load(section, data.size(), options);
            if (fd == -Errno.EPERM.number()) {
                throw new KernelException(operation + ": load its BTF", Errno.EPERM,
                        Privileges.advice(MapType.ARRAY));
            }
            if (fd < 0) {
                throw refused(operation + ": load its BTF", -fd, lastLine(log));
            }
            return new BtfFd(fd);
        }
    }

    private static KernelException refused(String operation, int errno, String reason) {
        return Errno.ofNumber(errno)
                .filter(_ -> !reason.isEmpty())
                .map(known -> new KernelException(operation, known,
                        "the kernel says: " + reason + "; create the map without its types"))
                .orElseGet(() -> new KernelException(operation, errno));
    }

    private static String lastLine(MemorySegment log) {
        log.set(JAVA_BYTE, log.byteSize() - 1, (byte) 0);
        return log.getString(0, StandardCharsets.US_ASCII)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce("", (_, line) -> line);
    }

    @Override
    public void close() {
        LibC.close(fd);
    }
}
