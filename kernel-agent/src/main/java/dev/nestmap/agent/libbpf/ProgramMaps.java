package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The maps that a pinned program uses; needs no capability beyond opening the pin. */
final class ProgramMaps {
    /** {@code struct bpf_prog_info} up to its name. */
    private static final long INFO_BYTES = 64;
    private static final long MAP_COUNT_OFFSET = 52;
    private static final long MAP_IDS_OFFSET = 56;
    /** MAX_USED_MAPS of the kernel is 64. */
    private static final int MOST_MAPS = 64;

    private ProgramMaps() {}

    static Optional<List<Integer>> of(Path pin) throws KernelException {
        String operation = "examine program " + pin;
        try (Arena arena = Arena.ofConfined()) {
            int fd = LibBpf.bpf_obj_get(arena.allocateFrom(pin.toString()));
            if (fd < 0) {
                return Optional.empty();
            }
            try {
                return FdInfo.programId(fd, operation).isEmpty()
                        ? Optional.empty()
                        : Optional.of(ids(arena, fd, operation));
            } finally {
                LibC.close(fd);
            }
        }
    }

    private static List<Integer> ids(Arena arena, int fd, String operation)
            throws KernelException {
        MemorySegment info = arena.allocate(INFO_BYTES, Long.BYTES);
        MemorySegment ids = arena.allocate(JAVA_INT, MOST_MAPS);
        info.set(JAVA_INT, MAP_COUNT_OFFSET, MOST_MAPS);
        info.set(ADDRESS, MAP_IDS_OFFSET, ids);
        int result = LibBpf.bpf_obj_get_info_by_fd(fd, info,
                arena.allocateFrom(JAVA_INT, (int) INFO_BYTES));
        if (result < 0) {
            throw new KernelException(operation, -result);
        }
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < Math.min(MOST_MAPS, info.get(JAVA_INT, MAP_COUNT_OFFSET)); i++) {
            all.add(ids.getAtIndex(JAVA_INT, i));
        }
        return all;
    }
}
