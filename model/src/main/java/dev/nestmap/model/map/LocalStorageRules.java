package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.MapBtf;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * BPF_MAP_TYPE_SK_STORAGE, INODE_STORAGE, TASK_STORAGE and CGRP_STORAGE (kernel/bpf/bpf_local_storage.c). A key is a
 * descriptor, and from afar none is open.
 */
final class LocalStorageRules implements ObservedRules {
    /** BPF_LOCAL_STORAGE_MAX_VALUE_SIZE. */
    private static final long VALUE_LIMIT_BYTES = 65_407;
    private static final Verbs VERBS = new Verbs(Errno.EBADF, Errno.EBADF, Errno.EBADF,
            Errno.ENOTSUPP);

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .flags(MapFlags.NO_PREALLOC | MapFlags.CLONE)
                .requiredFlag(MapFlags.NO_PREALLOC, "BPF_F_NO_PREALLOC")
                .noEntries()
                .keySize(4)
                .someValue()
                .require(hasBothTypes(spec.btf()), Errno.EINVAL,
                        "%s needs BTF types for its key and its value".formatted(
                                spec.type().one()))
                .valueAtMost(VALUE_LIMIT_BYTES, Errno.E2BIG)
                .refusal();
    }

    @Override
    public boolean needsBtf() {
        return true;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.INDEX;
    }

    @Override
    public boolean holdsSpinLock() {
        return true;
    }

    private static boolean hasBothTypes(@Nullable MapBtf btf) {
        return btf != null && btf.keyTypeId() != 0 && btf.valueTypeId() != 0;
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return VERBS;
    }
}
