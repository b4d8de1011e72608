package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_CGROUP_STORAGE and PERCPU_CGROUP_STORAGE (kernel/bpf/local_storage.c): there while a program is attached. */
final class CgroupStorageRules implements ObservedRules {
    /** BPF_LOCAL_STORAGE_MAX_VALUE_SIZE: U16_MAX less the kernel's own part, rounded. */
    private static final long VALUE_LIMIT_BYTES = 65_407;
    private static final Verbs VERBS = new Verbs(Errno.ENOENT, Errno.ENOENT, Errno.EINVAL,
            Errno.ENOENT);
    private final ValueForm form;

    /** DATA or PER_CPU. */
    CgroupStorageRules(ValueForm form) {
        this.form = form;
    }

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        return AttributeCheck.of(spec)
                .require(spec.keySize() == 8 || spec.keySize() == 16, Errno.EINVAL,
                        "key_size is %s, %s has key_size 8 or 16".formatted(
                                Integer.toUnsignedString(spec.keySize()), spec.type().one()))
                .someValue()
                .valueAtMost(
                        form == ValueForm.PER_CPU ? PER_CPU_VALUE_LIMIT_BYTES : VALUE_LIMIT_BYTES,
                        Errno.E2BIG)
                .flags(MapFlags.NUMA_NODE | MapFlags.ACCESS | MapFlags.PROGRAM_ACCESS)
                .noEntries()
                .refusal();
    }

    @Override
    public boolean checksTokenFirst() {
        return true;
    }

    @Override
    public boolean canBeInner() {
        return false;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.CGROUP;
    }

    @Override
    public boolean holdsSpinLock() {
        return form == ValueForm.DATA;
    }

    @Override
    public ValueForm valueForm() {
        return form;
    }

    @Override
    public Optional<Refusal> update(MapSpec spec, Draft<Bytes> elements, Bytes key, Value value,
            long flags, MapTable maps) {
        return flags == UpdateFlags.ANY || flags == UpdateFlags.EXIST
                ? ObservedRules.super.update(spec, elements, key, value, flags, maps)
                : Refusals.of(Errno.EINVAL, "update %s: flags 0x%x: %s takes any (0) or exist (2)"
                        .formatted(spec.ref(), flags, spec.type().one()));
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return VERBS;
    }
}
