package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;

/** Asks the running kernel what it can do, by doing it. */
final class FeatureProbe {
    /** Each of the six fields of {@code struct utsname}. */
    private static final int UTSNAME_FIELD_BYTES = 65;

    private final LibbpfKernel kernel;

    FeatureProbe(LibbpfKernel kernel) {
        this.kernel = kernel;
    }

    KernelFeatures probe() throws KernelException {
        Set<MapType> types = EnumSet.noneOf(MapType.class);
        for (MapType type : MapType.values()) {
            if (supports(type)) {
                types.add(type);
            }
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment utsname = arena.allocate(6 * UTSNAME_FIELD_BYTES);
            LibC.uname(utsname);
            return new KernelFeatures(utsname.getString(2 * UTSNAME_FIELD_BYTES),
                    utsname.getString(4 * UTSNAME_FIELD_BYTES), kernel.possibleCpus(), types,
                    false, Capabilities.ofThisProcess("CapEff").names(),
                    new AbilityProbe(kernel).probe());
        }
    }

    private boolean supports(MapType type) {
        if (type == MapType.ARENA) {
            // Younger than the libbpf of some distributions.
            return canCreate(KernelMapSpec.of(type, 0, 0, 1, MapFlags.MMAPABLE));
        }
        // libbpf also makes the BTF without which the local storage types cannot be created.
        return LibBpf.libbpf_probe_bpf_map_type(type.number(), MemorySegment.NULL) == 1;
    }

    private boolean canCreate(KernelMapSpec spec) {
        try (KernelMap map = kernel.create("probe", spec, null)) {
            return map.info().id() != 0;
        } catch (KernelException e) {
            return false;
        }
    }
}
