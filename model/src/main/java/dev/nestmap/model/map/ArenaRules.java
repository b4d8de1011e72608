package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** BPF_MAP_TYPE_ARENA (kernel/bpf/arena.c): memory that programs and processes share, without elements. */
final class ArenaRules implements ObservedRules {
    private static final int PAGE_BYTES = 4096;
    /** 4 GiB. */
    private static final long LIMIT_PAGES = 1L << 20;
    private static final Verbs VERBS = new Verbs(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EOPNOTSUPP,
            Errno.EOPNOTSUPP);

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
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
                .entriesAtMost(LIMIT_PAGES, Errno.E2BIG)
                .require(spec.mapExtra() >>> 32 == lastByte >>> 32, Errno.ERANGE,
                        "map_extra is 0x%x, an arena cannot cross a multiple of 4 GiB"
                                .formatted(spec.mapExtra()))
                .refusal();
    }

    @Override
    public boolean checksTokenFirst() {
        return true;
    }

    @Override
    public boolean takesMapExtra() {
        return true;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.SOME_OR_NONE;
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return VERBS;
    }
}
