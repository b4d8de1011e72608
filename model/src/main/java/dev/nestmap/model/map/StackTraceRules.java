package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.tree.Draft;
import java.util.Optional;

/** BPF_MAP_TYPE_STACK_TRACE (kernel/bpf/stackmap.c): programs put stacks in. */
final class StackTraceRules implements ObservedRules {
    /** The default of kernel.perf_event_max_stack. */
    private static final int FRAMES_LIMIT = 127;
    private static final int ADDRESS_BYTES = 8;
    private static final int BUILD_ID_BYTES = 32;
    private static final long ENTRIES_LIMIT = 1L << 31;
    private static final Verbs VERBS = new Verbs(Errno.ENOENT, Errno.EINVAL, Errno.ENOENT,
            Errno.ENOENT);

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
        int frameBytes = (spec.flags() & MapFlags.STACK_BUILD_ID) == 0
                ? ADDRESS_BYTES
                : BUILD_ID_BYTES;
        return AttributeCheck.of(spec)
                .flags(MapFlags.NUMA_NODE | MapFlags.ACCESS | MapFlags.STACK_BUILD_ID)
                .someEntries()
                .keySize(4)
                .someValue()
                .require(Integer.remainderUnsigned(spec.valueSize(), frameBytes) == 0,
                        Errno.EINVAL,
                        "value_size is %s, must be a multiple of %d, the size of a frame".formatted(
                                Integer.toUnsignedString(spec.valueSize()), frameBytes))
                .valueAtMost((long) FRAMES_LIMIT * frameBytes, Errno.EINVAL)
                .entriesAtMost(ENTRIES_LIMIT, Errno.E2BIG)
                .refusal();
    }

    @Override
    public boolean checksTokenFirst() {
        return true;
    }

    @Override
    public BtfKeyRule btfKey() {
        return BtfKeyRule.NO_TYPES;
    }

    /** The kernel's range is the number of buckets, a power of two. */
    @Override
    public Optional<Refusal> delete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        long buckets = 1L << (Long.SIZE - Long.numberOfLeadingZeros(spec.capacity() - 1));
        return Indexed.index(key) < buckets
                ? ObservedRules.super.delete(spec, elements, key)
                : Refusals.outOfRange("delete from", spec, Indexed.index(key), Errno.E2BIG);
    }

    @Override
    public Outcome<Value> lookupAndDelete(MapSpec spec, Draft<Bytes> elements, Bytes key) {
        return new Outcome.Refused<>(Refusals.notOurs(Errno.ENOENT, "lookup and delete", spec));
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return VERBS;
    }
}
