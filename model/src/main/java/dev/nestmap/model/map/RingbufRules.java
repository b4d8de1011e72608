package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** BPF_MAP_TYPE_RINGBUF and USER_RINGBUF (kernel/bpf/ringbuf.c): memory that programs and processes share, without elements. */
final class RingbufRules implements ObservedRules {
    private static final int PAGE_BYTES = 4096;

    @Override
    public Optional<Refusal> checkAttributes(MapSpec spec) {
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

    @Override
    public boolean checksTokenFirst() {
        return true;
    }

    @Override
    public Verbs errnos(MapSpec spec) {
        return Verbs.all(Errno.ENOTSUPP);
    }
}
