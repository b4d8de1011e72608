package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMapInfo;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;

/** The C structs that we exchange with libbpf and the kernel, of 64-bit machines. */
final class BpfStructs {
    /**
     * {@code struct bpf_map_create_opts} of libbpf 1.0; later ones only add to its end and read no more than
     * {@code sz}.
     */
    private static final StructLayout MAP_CREATE_OPTS = MemoryLayout.structLayout(
            JAVA_LONG.withName("sz"), JAVA_INT.withName("btf_fd"),
            JAVA_INT.withName("btf_key_type_id"), JAVA_INT.withName("btf_value_type_id"),
            JAVA_INT.withName("btf_vmlinux_value_type_id"), JAVA_INT.withName("inner_map_fd"),
            JAVA_INT.withName("map_flags"), JAVA_LONG.withName("map_extra"),
            JAVA_INT.withName("numa_node"), JAVA_INT.withName("map_ifindex"));

    /**
     * {@code struct bpf_map_info} up to map_extra, 88 bytes. Not longer: since Linux 6.18 the bytes behind are
     * an input, and a buffer of 104 bytes that is not zero is refused.
     */
    private static final StructLayout MAP_INFO = MemoryLayout.structLayout(
            JAVA_INT.withName("type"), JAVA_INT.withName("id"), JAVA_INT.withName("key_size"),
            JAVA_INT.withName("value_size"), JAVA_INT.withName("max_entries"),
            JAVA_INT.withName("map_flags"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("name"),
            JAVA_INT.withName("ifindex"), JAVA_INT.withName("btf_vmlinux_value_type_id"),
            JAVA_LONG.withName("netns_dev"), JAVA_LONG.withName("netns_ino"),
            JAVA_INT.withName("btf_id"), JAVA_INT.withName("btf_key_type_id"),
            JAVA_INT.withName("btf_value_type_id"), JAVA_INT.withName("btf_vmlinux_id"),
            JAVA_LONG.withName("map_extra"));

    private BpfStructs() {}

    /** {@code struct bpf_map_batch_opts}. */
    private static final StructLayout MAP_BATCH_OPTS = MemoryLayout.structLayout(
            JAVA_LONG.withName("sz"), JAVA_LONG.withName("elem_flags"),
            JAVA_LONG.withName("flags"));

    /** The flags of a batch; NULL stands for none. */
    static MemorySegment batchOptions(Arena arena, long elemFlags) {
        if (elemFlags == 0) {
            return MemorySegment.NULL;
        }
        MemorySegment options = arena.allocate(MAP_BATCH_OPTS);
        options.set(JAVA_LONG, 0, MAP_BATCH_OPTS.byteSize());
        options.set(JAVA_LONG, offset(MAP_BATCH_OPTS, "elem_flags"), elemFlags);
        return options;
    }

    /** The options of a map; {@code btfFd} counts only where the specification has types. */
    static MemorySegment createOptions(Arena arena, KernelMapSpec spec, int innerMapFd,
            int btfFd) {
        MemorySegment options = arena.allocate(MAP_CREATE_OPTS);
        options.set(JAVA_LONG, 0, MAP_CREATE_OPTS.byteSize());
        MapBtf btf = spec.btf();
        if (btf != null) {
            options.set(JAVA_INT, offset(MAP_CREATE_OPTS, "btf_fd"), btfFd);
            options.set(JAVA_INT, offset(MAP_CREATE_OPTS, "btf_key_type_id"), btf.keyTypeId());
            options.set(JAVA_INT, offset(MAP_CREATE_OPTS, "btf_value_type_id"),
                    btf.valueTypeId());
        }
        options.set(JAVA_INT, offset(MAP_CREATE_OPTS, "inner_map_fd"), innerMapFd);
        options.set(JAVA_INT, offset(MAP_CREATE_OPTS, "map_flags"), spec.flags());
        options.set(JAVA_LONG, offset(MAP_CREATE_OPTS, "map_extra"), spec.mapExtra());
        options.set(JAVA_INT, offset(MAP_CREATE_OPTS, "numa_node"), spec.numaNode());
        return options;
    }

    /** What the kernel says of the map behind an fd, which must be a map's. */
    static KernelMapInfo readMapInfo(int fd, String operation) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = mapInfo(arena, fd, operation);
            int typeNumber = field(info, "type");
            MapType type = MapType.ofNumber(typeNumber)
                    .orElseThrow(() -> new KernelException(
                            operation, Errno.EINVAL,
                            "map type " + typeNumber + " is not known here"));
            KernelMapSpec spec = new KernelMapSpec(type, field(info, "key_size"),
                    field(info, "value_size"), field(info, "max_entries"), field(info, "map_flags"),
                    info.get(JAVA_LONG, offset(MAP_INFO, "map_extra")), 0);
            String name = info.getString(offset(MAP_INFO, "name"), StandardCharsets.US_ASCII);
            return new KernelMapInfo(field(info, "id"), name, spec);
        }
    }

    /** What the kernel calls the types of a map; 0 where it has none. */
    record TypeIds(int btf, int key, int value) {}

    static TypeIds readTypeIds(int fd, String operation) throws KernelException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = mapInfo(arena, fd, operation);
            return new TypeIds(field(info, "btf_id"), field(info, "btf_key_type_id"),
                    field(info, "btf_value_type_id"));
        }
    }

    private static MemorySegment mapInfo(Arena arena, int fd, String operation)
            throws KernelException {
        MemorySegment info = arena.allocate(MAP_INFO);
        MemorySegment length = arena.allocateFrom(JAVA_INT, (int) MAP_INFO.byteSize());
        Returned.check(LibBpf.bpf_obj_get_info_by_fd(fd, info, length), operation);
        return info;
    }

    private static int field(MemorySegment info, String name) {
        return info.get(JAVA_INT, offset(MAP_INFO, name));
    }

    private static long offset(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }
}
