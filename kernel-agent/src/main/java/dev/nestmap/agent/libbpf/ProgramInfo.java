package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.ProgramMaps;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the kernel tells of a program to whoever has it open, without CAP_SYS_ADMIN. */
final class ProgramInfo {
    /** {@code struct bpf_prog_info} up to its name. */
    private static final StructLayout PROG_INFO = MemoryLayout.structLayout(
            JAVA_INT.withName("type"), JAVA_INT.withName("id"),
            MemoryLayout.sequenceLayout(8, JAVA_BYTE).withName("tag"),
            JAVA_INT.withName("jited_prog_len"), JAVA_INT.withName("xlated_prog_len"),
            JAVA_LONG.withName("jited_prog_insns"), JAVA_LONG.withName("xlated_prog_insns"),
            JAVA_LONG.withName("load_time"), JAVA_INT.withName("created_by_uid"),
            JAVA_INT.withName("nr_map_ids"), JAVA_LONG.withName("map_ids"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("name"));
    /** MAX_USED_MAPS: the verifier takes no program with more. */
    private static final int MOST_MAPS = 64;

    private ProgramInfo() {}

    /** Of the program behind an fd, which must be a program's. */
    static ProgramMaps read(int fd, String operation) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = arena.allocate(PROG_INFO);
            MemorySegment ids = arena.allocate(JAVA_INT, MOST_MAPS);
            info.set(JAVA_INT, offset("nr_map_ids"), MOST_MAPS);
            info.set(JAVA_LONG, offset("map_ids"), ids.address());
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) PROG_INFO.byteSize());
            int result = LibBpf.bpf_obj_get_info_by_fd(fd, info, length);
            if (result < 0) {
                throw new KernelException(operation, -result);
            }
            int count = Math.min(MOST_MAPS, info.get(JAVA_INT, offset("nr_map_ids")));
            List<Integer> mapIds = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                mapIds.add(ids.getAtIndex(JAVA_INT, i));
            }
            return new ProgramMaps(info.get(JAVA_INT, offset("id")),
                    info.getString(offset("name"), StandardCharsets.US_ASCII), mapIds);
        }
    }

    private static long offset(String field) {
        return PROG_INFO.byteOffset(PathElement.groupElement(field));
    }
}
