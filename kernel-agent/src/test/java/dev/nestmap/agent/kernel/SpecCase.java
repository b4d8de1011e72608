package dev.nestmap.agent.kernel;

import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A specification and what BPF_MAP_CREATE says of it.
 *
 * @param rule the rule that it shows
 * @param spec what is asked for
 * @param errno the refusal; null where the kernel takes it
 */
record SpecCase(String rule, KernelMapSpec spec, @Nullable Errno errno) {
    static Stream<SpecCase> all() {
        return Stream.of( //
                specCase("array key is four bytes",
                        MapType.ARRAY, 8, 4, 1, 0, Errno.EINVAL),
                specCase("array needs a value",
                        MapType.ARRAY, 4, 0, 1, 0, Errno.EINVAL),
                specCase("array needs entries",
                        MapType.ARRAY, 4, 4, 0, 0, Errno.EINVAL),
                specCase("array value is at most 2 gib",
                        MapType.ARRAY, 4, -1, 1, 0, Errno.E2BIG),
                specCase("array knows no prealloc not",
                        MapType.ARRAY, 4, 4, 1, MapFlags.NO_PREALLOC, Errno.EINVAL),
                specCase("array can be mapped",
                        MapType.ARRAY, 4, 4, 1, MapFlags.MMAPABLE, null),
                specCase("array can be an inner map",
                        MapType.ARRAY, 4, 4, 1, MapFlags.INNER_MAP, null),
                specCase("array is not closed to programs both ways",
                        MapType.ARRAY, 4, 4, 1, MapFlags.RDONLY_PROG | MapFlags.WRONLY_PROG,
                        Errno.EINVAL),
                specCase("array knows no flag 2",
                        MapType.ARRAY, 4, 4, 1, 2, Errno.EINVAL),
                specCase("hash needs a key",
                        MapType.HASH, 0, 4, 1, 0, Errno.EINVAL),
                specCase("hash needs a value",
                        MapType.HASH, 4, 0, 1, 0, Errno.EINVAL),
                specCase("hash needs entries",
                        MapType.HASH, 4, 4, 0, 0, Errno.EINVAL),
                specCase("hash element may be 4194255 bytes",
                        MapType.HASH, 4, 4194251, 1, MapFlags.NO_PREALLOC, null),
                specCase("hash element may not be 4194256 bytes",
                        MapType.HASH, 4, 4194252, 1, 0, Errno.E2BIG),
                specCase("hash has at most 2 to the 28 entries",
                        MapType.HASH, 4, 4, (1 << 28) + 1, 0, Errno.E2BIG),
                specCase("hash takes its flags",
                        MapType.HASH, 4, 4, 1,
                        MapFlags.NO_PREALLOC | MapFlags.ZERO_SEED | MapFlags.RDONLY_PROG, null),
                specCase("hash cannot be mapped",
                        MapType.HASH, 4, 4, 1, MapFlags.MMAPABLE, Errno.EINVAL),
                specCase("hash looks at flags before sizes",
                        MapType.HASH, 4, -1, 1, MapFlags.MMAPABLE, Errno.EINVAL),
                specCase("devmap value is four or eight bytes",
                        MapType.DEVMAP, 4, 6, 1, 0, Errno.EINVAL),
                specCase("devmap takes no program flags",
                        MapType.DEVMAP, 4, 4, 1, MapFlags.RDONLY_PROG, Errno.EINVAL),
                specCase("devmap needs entries",
                        MapType.DEVMAP, 4, 4, 0, 0, Errno.EINVAL),
                specCase("devmap hash value may be eight bytes",
                        MapType.DEVMAP_HASH, 4, 8, 1, 0, null),
                specCase("devmap hash key is four bytes",
                        MapType.DEVMAP_HASH, 5, 4, 1, 0, Errno.EINVAL),
                specCase("devmap hash has at most 2 to the 31 entries",
                        MapType.DEVMAP_HASH, 4, 4, -1, 0, Errno.EINVAL),
                specCase("array of maps value is four bytes",
                        MapType.ARRAY_OF_MAPS, 4, 8, 1, 0, Errno.EINVAL),
                specCase("array of maps takes no program flags",
                        MapType.ARRAY_OF_MAPS, 4, 4, 1, MapFlags.RDONLY_PROG, Errno.EINVAL),
                specCase("hash of maps takes program flags",
                        MapType.HASH_OF_MAPS, 4, 4, 1, MapFlags.RDONLY_PROG, null),
                specCase("hash of maps key may be long",
                        MapType.HASH_OF_MAPS, 300, 4, 1, MapFlags.NO_PREALLOC, null),
                specCase("hash of maps value is four bytes",
                        MapType.HASH_OF_MAPS, 4, 8, 1, 0, Errno.EINVAL),
                specCase("any node is no node",
                        new KernelMapSpec(MapType.HASH, 4, 4, 1, MapFlags.NUMA_NODE, 0, -1), null),
                specCase("a node must be online",
                        new KernelMapSpec(MapType.HASH, 4, 4, 1, MapFlags.NUMA_NODE, 0, 1023),
                        Errno.EINVAL),
                specCase("a node without the flag is ignored",
                        new KernelMapSpec(MapType.HASH, 4, 4, 1, 0, 0, 1023), null),
                specCase("map extra is not for hashes",
                        new KernelMapSpec(MapType.HASH, 4, 4, 1, 0, 1, 0), Errno.EINVAL));
    }

    private static SpecCase specCase(String rule, MapType type, int keySize, int valueSize,
            int maxEntries, int flags, @Nullable Errno errno) {
        return specCase(rule, KernelMapSpec.of(type, keySize, valueSize, maxEntries, flags), errno);
    }

    private static SpecCase specCase(String rule, KernelMapSpec spec, @Nullable Errno errno) {
        return new SpecCase(rule, spec, errno);
    }

    @Override
    public String toString() {
        return rule;
    }
}
