package dev.nestmap.model.differential;

import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.btf.SpinLock;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.placement.Placement;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Creation attributes: mostly those that a type takes, often one that it does not. No map is large in the kernel. */
final class Shapes {
    private static final List<MapType> WITH_CONTENTS = List.of(MapType.HASH, MapType.ARRAY,
            MapType.PERCPU_HASH, MapType.PERCPU_ARRAY, MapType.LRU_HASH, MapType.LRU_PERCPU_HASH,
            MapType.LPM_TRIE, MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS, MapType.DEVMAP,
            MapType.DEVMAP_HASH, MapType.CPUMAP, MapType.QUEUE, MapType.STACK,
            MapType.BLOOM_FILTER);
    static final int[] KEY_SIZES = {0, 1, 3, 4, 5, 8, 9, 16, 260, 261, 512, 513, 1 << 20,
            (1 << 20) + 1, -1};
    static final int[] VALUE_SIZES = {0, 1, 4, 5, 6, 8, 9, 32, 64, 1016, 1024, 4064, 4096,
            32_768, 32_769, 65_407, 65_408, 1 << 20, (1 << 20) + 1, 4_194_024, 4_194_025, 4_194_251,
            4_194_252, 4_194_304, 4_194_305, -1};
    static final int[] ENTRIES = {0, 1, 2, 3, 255, 4095, 4096, 8192, 8193, 12_288, 1 << 20,
            (1 << 20) + 1, (1 << 27) + 1, (1 << 28) + 1, 1 << 31, (1 << 31) + 1, -1};

    /** Values larger than that have no types. */
    private static final int TYPED_BYTES = 64;

    private final SplittableRandom random;

    Shapes(SplittableRandom random) {
        this.random = random;
    }

    MapSpec next() {
        MapType type = random.nextInt(4) > 0
                ? WITH_CONTENTS.get(random.nextInt(WITH_CONTENTS.size()))
                : MapType.ofNumber(random.nextInt(1, 34)).orElseThrow();
        MapSpec plain = plain(type);
        return KernelLimits.bounded(random.nextInt(3) > 0 ? plain : odd(plain));
    }

    /** Almost the same again, as templates want it. */
    MapSpec like(MapSpec spec) {
        MapSpec fresh = shape(spec.type(), spec.keySize(), spec.valueSize(), spec.maxEntries(),
                MapRules.creationFlags(spec.type(), spec.flags()),
                spec.mapExtra(), spec.numaNode(), spec.btf());
        return random.nextInt(3) > 0 ? fresh : KernelLimits.bounded(odd(fresh));
    }

    private MapSpec plain(MapType type) {
        MapSpec untyped = untyped(type);
        return random.nextInt(8) == 0 != Types.isLocalStorage(type)
                ? untyped.withBtf(types(untyped))
                : untyped;
    }

    private MapSpec untyped(MapType type) {
        int few = random.nextInt(1, 7);
        return switch (type) {
            case HASH, PERCPU_HASH ->
                plain(type, random.nextInt(1, 9), random.nextInt(1, 12), few, 0);
            case LRU_HASH, LRU_PERCPU_HASH -> plain(type, random.nextInt(1, 9),
                    random.nextInt(1, 12), random.nextInt(4) == 0 ? few : 256, 0);
            case ARRAY, PERCPU_ARRAY -> plain(type, 4, random.nextInt(1, 12), few, 0);
            case LPM_TRIE -> plain(type, random.nextInt(5, 9), random.nextInt(1, 5), few,
                    MapFlags.NO_PREALLOC);
            case HASH_OF_MAPS -> plain(type, random.nextInt(1, 9), 4, few, 0);
            case ARRAY_OF_MAPS, PROG_ARRAY, CGROUP_ARRAY, PERF_EVENT_ARRAY, XSKMAP ->
                plain(type, 4, 4, few, 0);
            case DEVMAP, DEVMAP_HASH, SOCKMAP, REUSEPORT_SOCKARRAY ->
                plain(type, 4, fourOrEight(), few, 0);
            case SOCKHASH -> plain(type, random.nextInt(1, 9), fourOrEight(), few, 0);
            case CPUMAP -> plain(type, 4, fourOrEight(), random.nextInt(1, 3), 0);
            case STACK_TRACE -> plain(type, 4, 8 * random.nextInt(1, 8), few, 0);
            case QUEUE, STACK -> plain(type, 0, random.nextInt(1, 6), few, 0);
            case BLOOM_FILTER -> plain(type, 0, random.nextInt(1, 6), few + 8, 0);
            case RINGBUF, USER_RINGBUF -> plain(type, 0, 0, 4096, 0);
            case ARENA -> plain(type, 0, 0, few, MapFlags.MMAPABLE);
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE ->
                plain(type, random.nextBoolean() ? 8 : 16, random.nextInt(1, 12), 0, 0);
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE ->
                plain(type, 4, 8, 0, MapFlags.NO_PREALLOC);
            case STRUCT_OPS -> plain(type, 4, 4, 1, 0);
        };
    }

    /** One or two attributes otherwise. */
    private MapSpec odd(MapSpec spec) {
        MapSpec odd = spec;
        for (int i = random.nextInt(1, 3); i > 0; i--) {
            odd = switch (random.nextInt(7)) {
                case 0 -> withKeySize(odd, oneOf(KEY_SIZES));
                case 1 -> withValueSize(odd, oneOf(VALUE_SIZES));
                case 2 -> withEntries(odd, oneOf(ENTRIES));
                case 3 -> withExtra(odd, extra());
                case 4 -> withNumaNode(odd.withFlags(odd.flags() ^ MapFlags.NUMA_NODE),
                        random.nextInt(5) == 0 ? 1 : random.nextInt(-2, 1));
                case 5 -> odd.withBtf(random.nextInt(3) == 0 ? null : types(odd));
                default -> odd.withFlags(odd.flags() ^ (1 << random.nextInt(20)));
            };
        }
        return odd;
    }

    /** Types for keys and values of few bytes, often with a lock. */
    private @Nullable MapBtf types(MapSpec spec) {
        if (spec.keySize() < 0 || spec.keySize() > TYPED_BYTES || spec.valueSize() < 1
                || spec.valueSize() > TYPED_BYTES) {
            return null;
        }
        int places = spec.valueSize() / SpinLock.SIZE_BYTES;
        return Types.of(spec.keySize(), spec.valueSize(),
                places > 0 && random.nextInt(3) > 0
                        ? SpinLock.SIZE_BYTES * random.nextInt(Math.min(places, 3))
                        : Types.NO_LOCK);
    }

    private long extra() {
        return switch (random.nextInt(5)) {
            case 0 -> random.nextLong();
            case 1 -> random.nextLong() & -4096;
            case 2 -> 0xffff_f000L;
            default -> random.nextInt(18);
        };
    }

    private int fourOrEight() {
        return random.nextBoolean() ? 4 : 8;
    }

    private int oneOf(int[] pool) {
        return pool[random.nextInt(pool.length)];
    }

    private static MapSpec plain(MapType type, int keySize, int valueSize, int entries, int flags) {
        return shape(type, keySize, valueSize, entries, flags, 0, 0, null);
    }

    static MapSpec withKeySize(MapSpec spec, int size) {
        return shape(spec.type(), size, spec.valueSize(), spec.maxEntries(), spec.flags(),
                spec.mapExtra(), spec.numaNode(), spec.btf());
    }

    static MapSpec withValueSize(MapSpec spec, int size) {
        return shape(spec.type(), spec.keySize(), size, spec.maxEntries(), spec.flags(),
                spec.mapExtra(), spec.numaNode(), spec.btf());
    }

    static MapSpec withEntries(MapSpec spec, int entries) {
        return shape(spec.type(), spec.keySize(), spec.valueSize(), entries, spec.flags(),
                spec.mapExtra(), spec.numaNode(), spec.btf());
    }

    static MapSpec withExtra(MapSpec spec, long extra) {
        return shape(spec.type(), spec.keySize(), spec.valueSize(), spec.maxEntries(),
                spec.flags(), extra, spec.numaNode(), spec.btf());
    }

    static MapSpec withNumaNode(MapSpec spec, int node) {
        return shape(spec.type(), spec.keySize(), spec.valueSize(), spec.maxEntries(),
                spec.flags(), spec.mapExtra(), node, spec.btf());
    }

    static MapSpec shape(MapType type, int keySize, int valueSize, int entries, int flags,
            long extra, int numaNode, @Nullable MapBtf btf) {
        return new MapSpec("default", "m", type, keySize, valueSize, entries, flags, extra,
                numaNode, null, Placement.everywhere(), "", btf);
    }
}
