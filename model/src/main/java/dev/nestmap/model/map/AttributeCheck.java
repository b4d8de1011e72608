package dev.nestmap.model.map;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** A chain of creation checks in the kernel's order: the first that fails is the answer. */
final class AttributeCheck {
    private final MapSpec spec;
    private Optional<Refusal> first = Optional.empty();

    private AttributeCheck(MapSpec spec) {
        this.spec = spec;
    }

    static AttributeCheck of(MapSpec spec) {
        return new AttributeCheck(spec);
    }

    /** Requires something of the definition. */
    AttributeCheck require(boolean holds, Errno errno, String rule) {
        if (first.isEmpty() && !holds) {
            first = Refusals.create(spec, errno, rule);
        }
        return this;
    }

    AttributeCheck keySize(int wanted) {
        return require(spec.keySize() == wanted, Errno.EINVAL,
                "key_size is %s, %s has key_size %d"
                        .formatted(Integer.toUnsignedString(spec.keySize()), spec.type().one(),
                                wanted));
    }

    AttributeCheck valueSize(int... allowed) {
        boolean holds = false;
        String list = "";
        for (int size : allowed) {
            holds |= spec.valueSize() == size;
            list += (list.isEmpty() ? "" : " or ") + size;
        }
        return require(holds, Errno.EINVAL, "value_size is %s, %s has value_size %s"
                .formatted(Integer.toUnsignedString(spec.valueSize()), spec.type().one(), list));
    }

    AttributeCheck someValue() {
        return require(spec.valueSize() != 0, Errno.EINVAL,
                "value_size is 0, at least 1 is needed");
    }

    AttributeCheck valueAtMost(long limitBytes, Errno errno) {
        return require(Integer.toUnsignedLong(spec.valueSize()) <= limitBytes, errno,
                "value_size is %s, %s has at most %d".formatted(
                        Integer.toUnsignedString(spec.valueSize()), spec.type().one(),
                        limitBytes));
    }

    AttributeCheck entriesAtMost(long limit, Errno errno) {
        return require(spec.capacity() <= limit, errno,
                "max_entries is %d, at most %d is possible".formatted(spec.capacity(), limit));
    }

    AttributeCheck noEntries() {
        return require(spec.maxEntries() == 0, Errno.EINVAL,
                "max_entries is %d, %s has none: give 0".formatted(spec.capacity(),
                        spec.type().one()));
    }

    /** Per-CPU memory is where its CPU is; the node -1 means none. */
    AttributeCheck noNumaNode() {
        return require((spec.flags() & MapFlags.NUMA_NODE) == 0 || spec.numaNode() == -1,
                Errno.EINVAL,
                "flags 0x%x: memory for each CPU takes no BPF_F_NUMA_NODE".formatted(spec.flags()));
    }

    AttributeCheck requiredFlag(int flag, String name) {
        return require((spec.flags() & flag) != 0, Errno.EINVAL,
                "flags 0x%x: %s needs %s (0x%x)".formatted(spec.flags(), spec.type().one(),
                        name, flag));
    }

    AttributeCheck someEntries() {
        return require(spec.maxEntries() != 0, Errno.EINVAL,
                "max_entries is 0, at least 1 is needed");
    }

    /** Only these flags, and not both of RDONLY_PROG and WRONLY_PROG. */
    AttributeCheck flags(int allowed) {
        int both = MapFlags.RDONLY_PROG | MapFlags.WRONLY_PROG;
        return require((spec.flags() & ~allowed) == 0, Errno.EINVAL,
                "flags 0x%x: %s does not take 0x%x".formatted(spec.flags(), spec.type().one(),
                        spec.flags() & ~allowed))
                .require((spec.flags() & both) != both, Errno.EINVAL,
                        "flags 0x%x: BPF_F_RDONLY_PROG and BPF_F_WRONLY_PROG exclude each other"
                                .formatted(spec.flags()));
    }

    Optional<Refusal> refusal() {
        return first;
    }
}
