package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.Btf;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.MinimalBtf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.Optional;

/** Reads the types of a map back from the kernel, which takes CAP_SYS_ADMIN: BTF is opened by its id. */
final class KernelTypes {
    /** {@code struct bpf_btf_info} up to its id. */
    private static final StructLayout BTF_INFO = MemoryLayout.structLayout(
            ADDRESS.withName("btf"), JAVA_INT.withName("btf_size"), JAVA_INT.withName("id"));
    /** As much as the kernel takes (BTF_MAX_SIZE). */
    private static final int MOST_BYTES = 16 << 20;

    private KernelTypes() {}

    /** The types that a map was created with; only those, of a section that may have thousands. */
    static Optional<MapBtf> of(int mapFd, String operation) throws KernelException {
        BpfStructs.TypeIds ids = BpfStructs.readTypeIds(mapFd, operation);
        if (ids.btf() == 0 || ids.value() == 0) {
            return Optional.empty();
        }
        int fd = LibBpf.bpf_btf_get_fd_by_id(ids.btf());
        if (fd < 0) {
            throw new KernelException(operation + ": open BTF " + ids.btf(), -fd);
        }
        try {
            return Optional.of(needed(section(fd, operation), ids, operation));
        } finally {
            LibC.close(fd);
        }
    }

    private static MapBtf needed(Bytes section, BpfStructs.TypeIds ids, String operation)
            throws KernelException {
        Outcome<MapBtf> types = switch (Btf.parse(section)) {
            case Outcome.Refused<Btf>(Refusal refusal) -> new Outcome.Refused<>(refusal);
            case Outcome.Done<Btf>(Btf btf) -> MinimalBtf.of(btf, ids.key(), ids.value());
        };
        return switch (types) {
            case Outcome.Done<MapBtf>(MapBtf found) -> found;
            case Outcome.Refused<MapBtf>(Refusal refusal) ->
                throw new KernelException(operation, refusal.errno(), refusal.rule());
        };
    }

    private static Bytes section(int fd, String operation) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(BTF_INFO);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) BTF_INFO.byteSize());
            ask(fd, info, length, operation);
            int size = info.get(JAVA_INT, JAVA_LONG.byteSize());
            if (size < 0 || size > MOST_BYTES) {
                throw new KernelException(operation, Errno.E2BIG,
                        "its BTF has %d bytes".formatted(size));
            }
            MemorySegment section = arena.allocate(Math.max(1, size));
            info.set(ADDRESS, 0, section);
            ask(fd, info, length, operation);
            return MapFd.bytes(section);
        }
    }

    private static void ask(int fd, MemorySegment info, MemorySegment length, String operation)
            throws KernelException {
        int result = LibBpf.bpf_obj_get_info_by_fd(fd, info, length);
        if (result < 0) {
            throw new KernelException(operation + ": read its BTF", -result);
        }
    }
}
