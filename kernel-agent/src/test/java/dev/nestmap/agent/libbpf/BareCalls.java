package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** System calls as they are, for tests that ask the kernel what the safe layer would not let through. */
public final class BareCalls {
    private BareCalls() {}

    /** How a batch ended: errno 0 for success, and the kernel's count. */
    public record Batch(int errno, int count) {}

    /** BPF_MAP_UPDATE_ELEM with a file descriptor for a value; the errno, 0 for success. */
    public static int updateWithFd(KernelMap map, Bytes key, int valueFd, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            return -LibBpf.bpf_map_update_elem(fd(map), copy(arena, key),
                    arena.allocateFrom(JAVA_INT, valueFd), flags);
        }
    }

    /** BPF_MAP_UPDATE_BATCH, without a fallback. */
    public static Batch updateBatch(KernelMap map, List<Bytes> keys, List<Bytes> values) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocateFrom(JAVA_INT, keys.size());
            int result = LibBpf.bpf_map_update_batch(fd(map), join(arena, keys),
                    join(arena, values), count,
                    MemorySegment.NULL);
            return new Batch(-result, count.get(JAVA_INT, 0));
        }
    }

    /** BPF_MAP_DELETE_BATCH, without a fallback. */
    public static Batch deleteBatch(KernelMap map, List<Bytes> keys) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocateFrom(JAVA_INT, keys.size());
            int result = LibBpf.bpf_map_delete_batch(fd(map), join(arena, keys), count,
                    MemorySegment.NULL);
            return new Batch(-result, count.get(JAVA_INT, 0));
        }
    }

    /** The file descriptor of a map of the real kernel. */
    public static int fd(KernelMap map) {
        return ((LibbpfMap) map).fd();
    }

    private static MemorySegment join(Arena arena, List<Bytes> parts) {
        return copy(arena, parts.stream().reduce(Bytes.empty(), Bytes::concat));
    }

    private static MemorySegment copy(Arena arena, Bytes bytes) {
        return arena.allocateFrom(JAVA_BYTE, bytes.toByteArray());
    }
}
