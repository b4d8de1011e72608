package dev.nestmap.agent.kernel.simulated;

import static dev.nestmap.model.map.MapFlags.INNER_MAP;
import static dev.nestmap.model.map.MapFlags.MMAPABLE;
import static dev.nestmap.model.map.MapFlags.NO_COMMON_LRU;
import static dev.nestmap.model.map.MapFlags.NO_PREALLOC;
import static dev.nestmap.model.map.MapFlags.NUMA_NODE;
import static dev.nestmap.model.map.MapFlags.RDONLY;
import static dev.nestmap.model.map.MapFlags.RDONLY_PROG;
import static dev.nestmap.model.map.MapFlags.WRONLY;
import static dev.nestmap.model.map.MapFlags.WRONLY_PROG;
import static dev.nestmap.model.map.MapFlags.ZERO_SEED;

import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What BPF_MAP_CREATE refuses, in the kernel's order: flags, sizes, then the template, the name last. */
final class CreationRules {
    /** KMALLOC_MAX_SIZE less the head of a hash element. */
    private static final long MAX_HASH_ELEMENT_BYTES = 4194255;
    private static final long MAX_HASH_ENTRIES = 1L << 28;
    private static final long MAX_DEVMAP_HASH_ENTRIES = 1L << 31;
    private static final int ANY_TYPE_FLAGS = NUMA_NODE | RDONLY | WRONLY;
    private static final int HASH_FLAGS = ANY_TYPE_FLAGS | NO_PREALLOC | ZERO_SEED | RDONLY_PROG
            | WRONLY_PROG;
    private static final int ARRAY_FLAGS = ANY_TYPE_FLAGS | RDONLY_PROG | WRONLY_PROG | MMAPABLE
            | INNER_MAP;

    private CreationRules() {}

    static Optional<Errno> refusal(String name, KernelMapSpec spec, @Nullable StoredMap template) {
        if (!StoredMap.SIMULATED_HERE.contains(spec.type())) {
            return MapRules.checkCreate(ModelledElements.modelSpec(spec)).map(Refusal::errno);
        }
        if (spec.mapExtra() != 0 || holdsBoth(spec.flags(), RDONLY | WRONLY)
                || holdsBoth(spec.flags(), RDONLY_PROG | WRONLY_PROG)
                || ((spec.flags() & NUMA_NODE) != 0 && !isOnline(spec.numaNode()))) {
            return Optional.of(Errno.EINVAL);
        }
        Optional<Errno> attributes = attributes(spec);
        if (attributes.isPresent()) {
            return attributes;
        }
        if (spec.type().isOuter() && template == null) {
            return Optional.of(Errno.EBADF);
        }
        boolean templateFits = template == null || !spec.type().isOuter()
                || !template.spec.type().isOuter();
        return templateFits && name.matches("[A-Za-z0-9_.]{0,15}")
                ? Optional.empty()
                : Optional.of(Errno.EINVAL);
    }

    private static Optional<Errno> attributes(KernelMapSpec spec) {
        long key = Integer.toUnsignedLong(spec.keySize());
        long value = Integer.toUnsignedLong(spec.valueSize());
        long entries = Integer.toUnsignedLong(spec.maxEntries());
        return switch (spec.type()) {
            case ARRAY ->
                check(flags(spec, ARRAY_FLAGS) && key == 4 && value > 0 && entries > 0,
                        value <= Integer.MAX_VALUE);
            case HASH -> check(flags(spec, HASH_FLAGS) && key > 0 && value > 0 && entries > 0,
                    key + value <= MAX_HASH_ELEMENT_BYTES && entries <= MAX_HASH_ENTRIES);
            case HASH_OF_MAPS ->
                check(flags(spec, HASH_FLAGS) && key > 0 && value == 4 && entries > 0,
                        key + value <= MAX_HASH_ELEMENT_BYTES && entries <= MAX_HASH_ENTRIES);
            case ARRAY_OF_MAPS -> check(
                    flags(spec, ANY_TYPE_FLAGS) && key == 4 && value == 4 && entries > 0, true);
            case DEVMAP -> check(flags(spec, ANY_TYPE_FLAGS) && key == 4
                    && (value == 4 || value == 8) && entries > 0, true);
            case DEVMAP_HASH ->
                check(flags(spec, ANY_TYPE_FLAGS) && key == 4 && (value == 4 || value == 8)
                        && entries > 0 && entries <= MAX_DEVMAP_HASH_ENTRIES, true);
            default -> Optional.of(Errno.EINVAL);
        };
    }

    /** The specification as the kernel then reports it. */
    static KernelMapSpec reported(KernelMapSpec spec) {
        boolean devices = spec.type() == MapType.DEVMAP || spec.type() == MapType.DEVMAP_HASH;
        int flags = (spec.flags() & ~(RDONLY | WRONLY)) | (devices ? RDONLY_PROG : 0);
        boolean listForEachCpu = (spec.flags() & NO_COMMON_LRU) != 0;
        int entries = listForEachCpu
                ? Math.ceilDiv(spec.maxEntries(), SimulatedKernel.POSSIBLE_CPUS)
                        * SimulatedKernel.POSSIBLE_CPUS
                : spec.maxEntries();
        return new KernelMapSpec(spec.type(), spec.keySize(), spec.valueSize(), entries, flags,
                spec.mapExtra(), 0);
    }

    /** Whether a map may go into a slot. */
    static boolean matches(KernelMapSpec template, KernelMapSpec candidate) {
        boolean sameEntries = template.maxEntries() == candidate.maxEntries()
                || template.type() != MapType.ARRAY || (template.flags() & INNER_MAP) != 0;
        return template.type() == candidate.type() && template.keySize() == candidate.keySize()
                && template.valueSize() == candidate.valueSize()
                && template.flags() == candidate.flags() && sameEntries;
    }

    /** Of one node; -1 is "no node" in the kernel's words. */
    private static boolean isOnline(int numaNode) {
        return numaNode == 0 || numaNode == -1;
    }

    private static boolean flags(KernelMapSpec spec, int allowed) {
        return (spec.flags() & ~allowed) == 0;
    }

    private static boolean holdsBoth(int flags, int pair) {
        return (flags & pair) == pair;
    }

    private static Optional<Errno> check(boolean valid, boolean small) {
        return !valid
                ? Optional.of(Errno.EINVAL)
                : small ? Optional.empty() : Optional.of(Errno.E2BIG);
    }
}
