package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/**
 * Memory that programs and processes share, without elements: BPF_MAP_TYPE_RINGBUF and USER_RINGBUF (kernel/bpf/ringbuf.c),
 * and ARENA (kernel/bpf/arena.c).
 */
final class SharedMemoryRules implements ObservedRules {
    private static final int PAGE_BYTES = 4096;
    /** 4 GiB. */
    private static final long ARENA_LIMIT_PAGES = 1L << 20;
    private static final Verbs RING = Verbs.all(Errno.ENOTSUPP);
    private static final Verbs ARENA = new Verbs(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EOPNOTSUPP,
            Errno.EOPNOTSUPP);

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return spec.type() == MapType.ARENA ? checkArena(spec) : checkRing(spec);
    }

    private static Optional<Refusal> checkRing(MapSpec spec) {
        return AttributeCheck.of(spec)
                .flags(MapFlags.NUMA_NODE)
                .keySize(0)
                .valueSize(0)
                .require(
                        Integer.bitCount(spec.maxEntries()) == 1
                                && spec.maxEntries() % PAGE_BYTES == 0,
                        Errno.EINVAL,
                        "max_entries is %d, must be a power of two and a multiple of %d".formatted(
                                spec.capacity(), PAGE_BYTES))
                .refusal();
    }

    private static Optional<Refusal> checkArena(MapSpec spec) {
        long lastByte = spec.mapExtra() + spec.capacity() * PAGE_BYTES - 1;
        return AttributeCheck.of(spec)
                .keySize(0)
                .valueSize(0)
                .someEntries()
                .requiredFlag(MapFlags.MMAPABLE, "BPF_F_MMAPABLE")
                .flags(MapFlags.MMAPABLE | MapFlags.SEGV_ON_FAULT | MapFlags.NO_USER_CONV)
                .require(spec.mapExtra() % PAGE_BYTES == 0, Errno.EINVAL,
                        "map_extra is 0x%x, the address of an arena is a multiple of %d"
                                .formatted(spec.mapExtra(), PAGE_BYTES))
                .entriesAtMost(ARENA_LIMIT_PAGES, Errno.E2BIG)
                .require(spec.mapExtra() >>> 32 == lastByte >>> 32, Errno.ERANGE,
                        "map_extra is 0x%x, an arena cannot cross a multiple of 4 GiB"
                                .formatted(spec.mapExtra()))
                .refusal();
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return spec.type() == MapType.ARENA ? ARENA : RING;
    }
}
