package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.kernel.KernelProbe;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds out by small maps, which are gone when it ends, what else than types of maps the running kernel knows. */
final class AbilityProbe {
    private static final int SLOTS = KernelProbe.OUTER_BATCH_SLOTS;
    private static final KernelMapSpec ARRAY = KernelMapSpec.of(MapType.ARRAY, 4, 4, 1, 0);
    /** Each flag in a definition that lacks nothing else. */
    private static final Map<String, KernelMapSpec> FLAGS = flags();

    private final LibbpfKernel kernel;

    AbilityProbe(LibbpfKernel kernel) {
        this.kernel = kernel;
    }

    KernelProbe probe() {
        List<String> flags = FLAGS.entrySet()
                .stream()
                .filter(flag -> succeeds(() -> kernel.create("probe", flag.getValue(), null)
                        .close()))
                .map(Map.Entry::getKey)
                .toList();
        Duration batch = timed(this::setSlotsByBatch);
        return new KernelProbe(flags, !batch.isZero(), batch, timed(this::setSlot),
                succeeds(this::freeze), succeeds(this::mapMemory), succeeds(this::loadTypes));
    }

    private static Map<String, KernelMapSpec> flags() {
        Map<String, KernelMapSpec> flags = new LinkedHashMap<>();
        flags.put("no_prealloc", of(MapType.HASH, MapFlags.NO_PREALLOC));
        flags.put("no_common_lru", of(MapType.LRU_HASH, MapFlags.NO_COMMON_LRU));
        flags.put("numa_node", of(MapType.HASH, MapFlags.NUMA_NODE));
        flags.put("zero_seed", of(MapType.HASH, MapFlags.ZERO_SEED));
        flags.put("rdonly_prog", of(MapType.ARRAY, MapFlags.RDONLY_PROG));
        flags.put("wronly_prog", of(MapType.ARRAY, MapFlags.WRONLY_PROG));
        flags.put("mmapable", of(MapType.ARRAY, MapFlags.MMAPABLE));
        flags.put("preserve_elems", of(MapType.PERF_EVENT_ARRAY, MapFlags.PRESERVE_ELEMS));
        flags.put("inner_map", of(MapType.ARRAY, MapFlags.INNER_MAP));
        return flags;
    }

    private static KernelMapSpec of(MapType type, int flag) {
        return KernelMapSpec.of(type, 4, 4, 1, flag);
    }

    private interface Attempt {
        void run() throws KernelException;
    }

    private interface OuterAttempt {
        void run(KernelMap outer, KernelMap inner) throws KernelException;
    }

    private static boolean succeeds(Attempt attempt) {
        try {
            attempt.run();
            return true;
        } catch (KernelException e) {
            return false;
        }
    }

    /** How long it took on an outer map of its own; zero where it is refused. */
    private Duration timed(OuterAttempt attempt) {
        try (KernelMap inner = kernel.create("probe", ARRAY, null);
                KernelMap outer = kernel.create("probe",
                        KernelMapSpec.of(MapType.ARRAY_OF_MAPS, 4, 4, SLOTS, 0), inner)) {
            long begun = System.nanoTime();
            attempt.run(outer, inner);
            return Duration.ofNanos(Math.max(1, System.nanoTime() - begun));
        } catch (KernelException e) {
            return Duration.ZERO;
        }
    }

    private void setSlot(KernelMap outer, KernelMap inner) throws KernelException {
        outer.updateSlot(Bytes.u32le(0), inner, UpdateFlags.ANY);
    }

    /** Not by the port's batch, which goes on one by one where the kernel knows none. */
    private void setSlotsByBatch(KernelMap outer, KernelMap inner) throws KernelException {
        LibbpfMap outerMap = LibbpfMap.ours(outer);
        LibbpfMap innerMap = LibbpfMap.ours(inner);
        outerMap.hold();
        innerMap.hold();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment keys = arena.allocate(JAVA_INT, SLOTS);
            MemorySegment values = arena.allocate(JAVA_INT, SLOTS);
            for (int slot = 0; slot < SLOTS; slot++) {
                keys.setAtIndex(JAVA_INT, slot, slot);
                values.setAtIndex(JAVA_INT, slot, innerMap.fd());
            }
            MemorySegment count = arena.allocateFrom(JAVA_INT, SLOTS);
            int result = LibBpf.bpf_map_update_batch(outerMap.fd(), keys, values, count,
                    MemorySegment.NULL);
            if (result < 0) {
                throw new KernelException("set slots by a batch", -result);
            }
        } finally {
            innerMap.release();
            outerMap.release();
        }
    }

    private void freeze() throws KernelException {
        try (KernelMap map = kernel.create("probe", ARRAY, null)) {
            map.freeze();
        }
    }

    private void mapMemory() throws KernelException {
        try (KernelMap map = kernel.create("probe", of(MapType.ARRAY, MapFlags.MMAPABLE), null)) {
            map.mapForWriting().close();
        }
    }

    private void loadTypes() throws KernelException {
        BtfFd.load(ONE_INT, "probe").close();
    }

    /** BTF of one type, {@code int}: header (linux/btf.h), type, names. */
    private static final Bytes ONE_INT = header()
            .concat(Bytes.u32le(1)) // the name at 1
            .concat(Bytes.u32le(1 << 24)) // BTF_KIND_INT
            .concat(Bytes.u32le(4)) // bytes
            .concat(Bytes.u32le(32)) // bits
            .concat(Bytes.utf8("\0int\0"));

    private static Bytes header() {
        return Bytes.u32le(0x1eb9f) // magic, version 1, no flags
                .concat(Bytes.u32le(24)) // of the header
                .concat(Bytes.u32le(0))
                .concat(Bytes.u32le(16)) // of the types
                .concat(Bytes.u32le(16))
                .concat(Bytes.u32le(5)); // of the names
    }
}
