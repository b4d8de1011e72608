package dev.nestmap.model.differential;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The shapes, keys and values that a {@link Sweep} takes. */
final class SweptShapes {
    private static final int FLAG_BITS = 21;
    /** Flags that some types take together. */
    private static final int PAIRED_FLAG_BITS = 9;
    private static final long[] EXTRAS = {0, 1, 15, 16, 4095, 4096, 0xffff_f000L, -1};

    private SweptShapes() {}

    /** A definition that every kernel takes, but of struct_ops; hashes of few entries, values with room for a lock. */
    static MapSpec usual(MapType type) {
        return switch (type) {
            case HASH, PERCPU_HASH, ARRAY, PERCPU_ARRAY -> shape(type, 4, 8, 4, 0);
            case LRU_HASH, LRU_PERCPU_HASH -> shape(type, 4, 8, 256, 0);
            case LPM_TRIE -> shape(type, 8, 8, 4, MapFlags.NO_PREALLOC);
            case HASH_OF_MAPS, ARRAY_OF_MAPS, PROG_ARRAY, CGROUP_ARRAY, PERF_EVENT_ARRAY, XSKMAP ->
                shape(type, 4, 4, 4, 0);
            case DEVMAP, DEVMAP_HASH, SOCKMAP, SOCKHASH, REUSEPORT_SOCKARRAY, STACK_TRACE ->
                shape(type, 4, 8, 4, 0);
            case CPUMAP -> shape(type, 4, 8, 2, 0);
            case QUEUE, STACK, BLOOM_FILTER -> shape(type, 0, 8, 4, 0);
            case RINGBUF, USER_RINGBUF -> shape(type, 0, 0, 4096, 0);
            case ARENA -> shape(type, 0, 0, 1, MapFlags.MMAPABLE);
            case CGROUP_STORAGE, PERCPU_CGROUP_STORAGE -> shape(type, 8, 8, 0, 0);
            case SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE ->
                shape(type, 4, 8, 0, MapFlags.NO_PREALLOC).withBtf(Types.of(4, 8, Types.NO_LOCK));
            case STRUCT_OPS -> shape(type, 4, 4, 1, 0);
        };
    }

    /** Each attribute at each bound, and two flags at a time. */
    static List<MapSpec> variations(MapSpec usual) {
        List<MapSpec> all = new ArrayList<>(singleVariations(usual));
        for (int bit = 0; bit < PAIRED_FLAG_BITS; bit++) {
            for (int other = 0; other < bit; other++) {
                all.add(usual.withFlags(usual.flags() ^ (1 << bit | 1 << other)));
            }
        }
        return all;
    }

    /** Each attribute at each bound. */
    static List<MapSpec> singleVariations(MapSpec usual) {
        List<MapSpec> all = new ArrayList<>(List.of(usual));
        for (int size : Shapes.KEY_SIZES) {
            all.add(Shapes.withKeySize(usual, size));
        }
        for (int size : Shapes.VALUE_SIZES) {
            all.add(Shapes.withValueSize(usual, size));
        }
        for (int entries : Shapes.ENTRIES) {
            all.add(Shapes.withEntries(usual, entries));
        }
        all.add(Shapes.withEntries(usual, (int) (KernelLimits.entries(usual.type()) + 1)));
        for (long extra : EXTRAS) {
            all.add(Shapes.withExtra(usual, extra));
        }
        for (int node = -2; node <= 1; node++) {
            all.add(Shapes.withNumaNode(usual.withFlags(usual.flags() | MapFlags.NUMA_NODE), node));
            all.add(Shapes.withNumaNode(usual, node));
        }
        for (int bit = 0; bit < FLAG_BITS; bit++) {
            all.add(usual.withFlags(usual.flags() ^ (1 << bit)));
        }
        for (int lock : new int[]{Types.NO_LOCK, 0, 4}) {
            all.add(usual.withBtf(Types.of(usual.keySize(), 8, lock)));
            all.add(usual.withBtf(Types.of(usual.keySize(), 8, lock))
                    .withFlags(usual.flags() | MapFlags.RDONLY_PROG));
        }
        all.add(usual.withBtf(Types.of(usual.keySize() + 1, 8, Types.NO_LOCK)));
        all.add(usual.withBtf(Types.of(usual.keySize(), 9, Types.NO_LOCK)));
        all.add(usual.withBtf(Types.of(0, 8, Types.NO_LOCK)));
        all.add(usual.withBtf(null));
        return all.stream().map(KernelLimits::bounded).distinct().toList();
    }

    /** Whose elements are looked at. */
    static List<MapSpec> withContents(MapType type) {
        MapSpec usual = usual(type);
        List<MapSpec> shapes = new ArrayList<>(templates(type));
        switch (type) {
            case DEVMAP, DEVMAP_HASH, CPUMAP, SOCKMAP, SOCKHASH, REUSEPORT_SOCKARRAY ->
                shapes.add(Shapes.withValueSize(usual, 4));
            case ARRAY -> shapes.add(Shapes.withEntries(usual, 5000));
            case HASH, HASH_OF_MAPS, PERCPU_HASH ->
                shapes.add(usual.withFlags(MapFlags.NO_PREALLOC));
            case STRUCT_OPS -> shapes.clear();
            default -> {}
        }
        return shapes;
    }

    /** The usual one, and with a lock where there can be one. */
    static List<MapSpec> templates(MapType type) {
        MapSpec usual = usual(type);
        return switch (type) {
            case HASH, ARRAY, SK_STORAGE, INODE_STORAGE, TASK_STORAGE, CGRP_STORAGE ->
                List.of(usual, usual.withBtf(Types.of(4, 8, 4)));
            default -> List.of(usual);
        };
    }

    /** Maps that differ in one thing from another, and one that does not; few of them fit, for which the kernel waits. */
    static List<MapSpec> candidates(MapSpec shape) {
        LinkedHashSet<MapSpec> candidates = new LinkedHashSet<>(List.of(shape,
                Shapes.withEntries(shape, 2 * shape.maxEntries()),
                Shapes.withValueSize(shape, shape.valueSize() == 4 ? 8 : 4),
                Shapes.withValueSize(shape, 16),
                Shapes.withKeySize(shape, shape.keySize() == 8 ? 16 : 8),
                shape.withBtf(Types.of(shape.keySize(), 8, 4)),
                shape.withBtf(Types.of(shape.keySize(), 8, 0)),
                shape.withBtf(Types.of(shape.keySize(), 8, Types.NO_LOCK)),
                shape.withBtf(null)));
        for (int bit = 0; bit < FLAG_BITS; bit++) {
            candidates.add(Shapes.withNumaNode(shape.withFlags(shape.flags() ^ (1 << bit)), -1));
        }
        candidates.add(usual(shape.type() == MapType.HASH ? MapType.ARRAY : MapType.HASH));
        return List.copyOf(candidates);
    }

    /** Two that are in range, one just beyond, and one far. */
    static List<Bytes> keys(MapSpec shape) {
        return shape.keySize() == 0
                ? List.of(Bytes.empty())
                : List.of(key(shape, 0), key(shape, 1), key(shape, (int) shape.capacity()),
                        key(shape, -1));
    }

    /** A key with a number; of a trie a prefix of so many bits. */
    static Bytes key(MapSpec shape, int number) {
        int first = Types.isLocalStorage(shape.type()) ? Elements.NO_DESCRIPTOR : 0;
        return shape.keySize() == 0
                ? Bytes.empty()
                : Bytes.u32le(first + number).concat(Bytes.zeros(shape.keySize() - 4));
    }

    /** What may be written, the first of which is most likely to succeed. */
    static List<Value> values(MapSpec shape, int inner) {
        List<Value> values = new ArrayList<>(List.of(numbered(shape, 1, inner)));
        switch (shape.type()) {
            case DEVMAP, DEVMAP_HASH, CPUMAP -> {
                values.add(numbered(shape, 0, inner));
                values.add(numbered(shape, 16_385, inner));
            }
            case ARRAY_OF_MAPS, HASH_OF_MAPS ->
                values.add(new Value.Slot(new MapRef.ById(Integer.MAX_VALUE)));
            case SOCKMAP, SOCKHASH, REUSEPORT_SOCKARRAY ->
                values.add(new Value.Data(shape.valueSize() == 4
                        ? Bytes.u32le(-1)
                        : Bytes.u64le(-1)));
            default -> {}
        }
        return values;
    }

    /** A value like no other of the map; of types that want a descriptor one that is not open. */
    static Value numbered(MapSpec shape, int number, int inner) {
        return switch (shape.type()) {
            case ARRAY_OF_MAPS, HASH_OF_MAPS -> new Value.Slot(new MapRef.ById(inner));
            case DEVMAP, DEVMAP_HASH -> data(shape, Math.min(number, 1));
            case CPUMAP -> data(shape, number);
            case PROG_ARRAY, CGROUP_ARRAY, PERF_EVENT_ARRAY, XSKMAP, SOCKMAP, SOCKHASH,
                    REUSEPORT_SOCKARRAY ->
                data(shape, Elements.NO_DESCRIPTOR);
            default -> data(shape, number + 256);
        };
    }

    private static Value data(MapSpec shape, int number) {
        int size = shape.valueSize();
        return new Value.Data(size < 4
                ? Bytes.zeros(size)
                : Bytes.u32le(number).concat(Bytes.zeros(size - 4)));
    }

    private static MapSpec shape(MapType type, int keySize, int valueSize, int entries,
            int flags) {
        return Shapes.shape(type, keySize, valueSize, entries, flags, 0, 0, null);
    }
}
