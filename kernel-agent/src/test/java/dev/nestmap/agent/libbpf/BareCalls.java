package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.btf.MapBtf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** System calls as they are, for tests that ask the kernel what the safe layer would not let through. */
public final class BareCalls {
    private BareCalls() {}

    /** How a read ended: errno 0 for success, and then the value. */
    public record Read(int errno, Bytes value) {}

    /** How a batch ended: errno 0 for success, and the kernel's count. */
    public record Batch(int errno, int count) {
        /** True where it came to no element: the count says nothing then. */
        public boolean refusedAsAWhole(int given) {
            return errno == Errno.ENOTSUPP.number() || errno == Errno.EPERM.number()
                    || (errno == Errno.EINVAL.number() && count == given);
        }
    }

    /** BPF_MAP_LOOKUP_ELEM; the value's buffer holds a question where one is given. */
    public static Read lookup(KernelMap map, Bytes key, Optional<Bytes> question, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(Math.max(1, map.valueWidth()));
            question.ifPresent(bytes -> value
                    .copyFrom(MemorySegment.ofBuffer(bytes.asByteBuffer())));
            int result = LibBpf.bpf_map_lookup_elem_flags(fd(map), copy(arena, key), value, flags);
            return new Read(-result,
                    result == 0 ? MapFd.bytes(value.asSlice(0, map.valueWidth())) : Bytes.empty());
        }
    }

    /** BPF_MAP_UPDATE_ELEM; the errno, 0 for success. A slot's value is a file descriptor. */
    public static int update(KernelMap map, Bytes key, Bytes value, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            return -LibBpf.bpf_map_update_elem(fd(map), copy(arena, key), copy(arena, value),
                    flags);
        }
    }

    /** BPF_MAP_UPDATE_BATCH, without a fallback. */
    public static Batch updateBatch(KernelMap map, List<Bytes> keys, List<Bytes> values,
            long elemFlags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocateFrom(JAVA_INT, keys.size());
            int result = LibBpf.bpf_map_update_batch(fd(map), join(arena, keys),
                    join(arena, values), count, options(arena, elemFlags));
            return new Batch(-result, count.get(JAVA_INT, 0));
        }
    }

    /** BPF_MAP_DELETE_BATCH, without a fallback. */
    public static Batch deleteBatch(KernelMap map, List<Bytes> keys, long elemFlags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocateFrom(JAVA_INT, keys.size());
            int result = LibBpf.bpf_map_delete_batch(fd(map), join(arena, keys), count,
                    options(arena, elemFlags));
            return new Batch(-result, count.get(JAVA_INT, 0));
        }
    }

    /** BPF_MAP_CREATE with an inner_map_fd for any type, whereupon the map is closed; the errno, 0 for success. */
    public static int create(KernelMapSpec spec, KernelMap inner) throws KernelException {
        MapBtf btf = spec.btf();
        try (Arena arena = Arena.ofConfined();
                BtfFd types = btf == null ? null : BtfFd.load(btf.data(), "create")) {
            int fd = LibBpf.bpf_map_create(spec.type().number(), arena.allocateFrom("twin"),
                    spec.keySize(), spec.valueSize(), spec.maxEntries(),
                    BpfStructs.createOptions(arena, spec, fd(inner),
                            types == null ? -1 : types.fd()));
            if (fd >= 0) {
                LibC.close(fd);
            }
            return fd < 0 ? -fd : 0;
        }
    }

    /** One page of a lookup batch: errno 0, or ENOENT with the last elements. */
    public record Page(int errno, List<Bytes> keys, List<Bytes> values, Bytes outBatch) {
        /** Copies the lists. */
        public Page {
            keys = List.copyOf(keys);
            values = List.copyOf(values);
        }
    }

    /** BPF_MAP_LOOKUP_BATCH, one call. */
    public static Page lookupBatch(KernelMap map, Optional<Bytes> inBatch, int count,
            long elemFlags) {
        int keySize = map.info().spec().keySize();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment in = inBatch.map(bytes -> copy(arena, bytes)).orElse(MemorySegment.NULL);
            MemorySegment out = arena.allocate(Math.max(keySize, Integer.BYTES));
            MemorySegment keys = arena.allocate(Math.max(1, (long) keySize * count));
            MemorySegment values = arena.allocate(Math.max(1, (long) map.valueWidth() * count));
            MemorySegment done = arena.allocateFrom(JAVA_INT, count);
            int result = LibBpf.bpf_map_lookup_batch(fd(map), in, out, keys, values, done,
                    options(arena, elemFlags));
            boolean found = result == 0 || result == -Errno.ENOENT.number();
            return new Page(-result, split(keys, keySize, found ? done.get(JAVA_INT, 0) : 0),
                    split(values, map.valueWidth(), found ? done.get(JAVA_INT, 0) : 0),
                    MapFd.bytes(out));
        }
    }

    /** BPF_MAP_LOOKUP_AND_DELETE_ELEM. */
    public static Read lookupAndDelete(KernelMap map, Bytes key, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(Math.max(1, map.valueWidth()));
            int result = BareFunctions.bpf_map_lookup_and_delete_elem_flags(fd(map),
                    copy(arena, key), value, flags);
            return new Read(-result,
                    result == 0 ? MapFd.bytes(value.asSlice(0, map.valueWidth())) : Bytes.empty());
        }
    }

    /**
     * Whether a map with that id is there. It is not opened: a PROG_ARRAY that loses its last descriptor while the kernel is
     * about to clear it for that same reason is queued a second time, and kept for ever (6.18, {@code prog_array_map_clear}).
     */
    public static boolean isAlive(int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment next = arena.allocate(JAVA_INT);
            int result = BareFunctions.bpf_map_get_next_id(id - 1, next);
            if (result != 0 && result != -Errno.ENOENT.number()) {
                throw new IllegalStateException("map id %d: errno %d".formatted(id, -result));
            }
            return result == 0 && next.get(JAVA_INT, 0) == id;
        }
    }

    private static List<Bytes> split(MemorySegment packed, int sizeBytes, int count) {
        List<Bytes> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(MapFd.bytes(packed.asSlice((long) i * sizeBytes, sizeBytes)));
        }
        return parts;
    }

    /** The file descriptor of a map of the real kernel. */
    public static int fd(KernelMap map) {
        return ((LibbpfMap) map).fd();
    }

    /** struct bpf_map_batch_opts: its size, elem_flags, flags. */
    private static MemorySegment options(Arena arena, long elemFlags) {
        return arena.allocateFrom(JAVA_LONG, 3 * JAVA_LONG.byteSize(), elemFlags, 0);
    }

    private static MemorySegment join(Arena arena, List<Bytes> parts) {
        return parts.isEmpty()
                ? arena.allocate(1)
                : copy(arena, parts.stream().reduce(Bytes.empty(), Bytes::concat));
    }

    /** NULL for nothing, as the kernel wants it of maps without keys. */
    private static MemorySegment copy(Arena arena, Bytes bytes) {
        return bytes.size() == 0
                ? MemorySegment.NULL
                : arena.allocateFrom(JAVA_BYTE, bytes.toByteArray());
    }
}
