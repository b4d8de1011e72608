package dev.nestmap.model.differential;

import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;

/**
 * What a kernel allocates nothing for, read from its source and not from the model: so much that it refuses. Where the model
 * would take more, the comparison shows it.
 */
final class KernelLimits {
    /** NR_CPUS where it is largest. */
    static final long CPUS = 8192;

    private static final int LARGE_VALUE_BYTES = 1 << 17;
    private static final int MANY_ENTRIES = 1 << 14;
    private static final long ALL = 0xffff_ffffL;

    private KernelLimits() {}

    /** The largest max_entries that a type takes; above is refused before anything is allocated. */
    static long entries(MapType type) {
        return switch (type) {
            case HASH, PERCPU_HASH, LRU_HASH, LRU_PERCPU_HASH, HASH_OF_MAPS -> 1L << 28;
            case SOCKHASH -> 1L << 27;
            case STACK_TRACE, DEVMAP_HASH -> 1L << 31;
            case CPUMAP -> CPUS;
            case ARENA -> 1L << 20;
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE, SK_STORAGE, INODE_STORAGE, TASK_STORAGE,
                    CGRP_STORAGE, STRUCT_OPS ->
                0;
            case ARRAY, PROG_ARRAY, PERF_EVENT_ARRAY, PERCPU_ARRAY, CGROUP_ARRAY, LPM_TRIE,
                    ARRAY_OF_MAPS, DEVMAP, SOCKMAP, XSKMAP, REUSEPORT_SOCKARRAY, QUEUE, STACK,
                    RINGBUF, USER_RINGBUF, BLOOM_FILTER ->
                ALL;
        };
    }

    /** The same with fewer entries where a kernel might take it and then hold much memory. */
    static MapSpec bounded(MapSpec spec) {
        boolean costsNothing = spec.capacity() > entries(spec.type())
                || spec.type() == MapType.ARENA || spec.type() == MapType.LPM_TRIE
                || spec.type() == MapType.CPUMAP || isNoRing(spec);
        if (costsNothing || spec.capacity() <= (isLarge(spec) ? 1 : MANY_ENTRIES)) {
            return spec;
        }
        return Shapes.withEntries(spec, 1);
    }

    /** Ring buffers have their size in max_entries, which is a power of two. */
    private static boolean isNoRing(MapSpec spec) {
        return (spec.type() == MapType.RINGBUF || spec.type() == MapType.USER_RINGBUF)
                && Long.bitCount(spec.capacity()) != 1;
    }

    private static boolean isLarge(MapSpec spec) {
        long valueSize = Integer.toUnsignedLong(spec.valueSize());
        return (valueSize > LARGE_VALUE_BYTES && valueSize <= Integer.MAX_VALUE)
                || Integer.toUnsignedLong(spec.keySize()) > LARGE_VALUE_BYTES;
    }
}
