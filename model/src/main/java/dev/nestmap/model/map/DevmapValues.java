package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.Optional;

/** The values of DEVMAP and DEVMAP_HASH: struct bpf_devmap_val, an interface and perhaps a program. */
final class DevmapValues {
    private DevmapValues() {}

    static AttributeCheck check(MapSpec spec) {
        return AttributeCheck.of(spec)
                .someEntries()
                .keySize(4)
                .valueSize(4, 8)
                .flags(MapFlags.NUMA_NODE | MapFlags.ACCESS);
    }

    /** The kernel adds BPF_F_RDONLY_PROG to what was asked for. */
    static int shownFlags(int flags) {
        return (flags & ~(MapFlags.RDONLY | MapFlags.WRONLY)) | MapFlags.RDONLY_PROG;
    }

    static int creationFlags(int shownFlags) {
        return shownFlags & ~MapFlags.RDONLY_PROG;
    }

    static boolean takes(MapSpec spec, String shape) {
        return shape.equals("ifindex") || (spec.valueSize() == 8 && shape.equals("ifindex, prog"));
    }

    static String expressions() {
        return "ifindex(\"NAME\"), and where value_size is 8 also ifindex(\"NAME\"), prog(\"/PATH\")";
    }

    /** True for interface 0, which stands for "none". */
    static boolean isNone(Value value) {
        return value instanceof Value.Data(Bytes bytes) && bytes.intLe(0) == 0;
    }

    static Optional<Refusal> checkProgram(MapSpec spec, Value value) {
        return ProgramPart.check(spec, value, Errno.EINVAL, expressions());
    }
}
