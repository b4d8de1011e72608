package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.lang.foreign.Arena;

/** Whether the values of an open map have a spin lock, which no call tells: a lookup that takes it is refused without one. */
final class SpinLocks {
    private SpinLocks() {}

    /** The flags that a write takes, so that programs never see half a value: BPF_F_LOCK or none. */
    static long writeFlags(int fd, KernelMapSpec spec) {
        boolean maybe = spec.type() == MapType.HASH || spec.type() == MapType.ARRAY;
        // A larger value is none of the store's.
        if (!maybe || Integer.compareUnsigned(spec.valueSize(),
                MapRules.ELEMENT_PART_LIMIT_BYTES) > 0) {
            return UpdateFlags.ANY;
        }
        try (Arena arena = Arena.ofConfined()) {
            // The kernel asks for the lock before it looks for the key.
            int result = LibBpf.bpf_map_lookup_elem_flags(fd, arena.allocate(spec.keySize()),
                    arena.allocate(spec.valueSize()), UpdateFlags.LOCK);
            return result == 0 || result == -Errno.ENOENT.number()
                    ? UpdateFlags.LOCK
                    : UpdateFlags.ANY;
        }
    }
}
