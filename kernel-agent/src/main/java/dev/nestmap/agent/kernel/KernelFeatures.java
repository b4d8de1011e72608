package dev.nestmap.agent.kernel;

import dev.nestmap.model.map.MapType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What this kernel can do, probed by trying.
 *
 * @param release as uname -r says
 * @param machine as uname -m says
 * @param possibleCpus the number of CPUs for which a per-CPU map has values (possible, not online)
 * @param mapTypes the types of which a map could be created, in the order of their numbers
 * @param simulated nothing of this reaches a kernel
 * @param capabilities those of this process, by name
 * @param probe what else was tried
 */
public record KernelFeatures(
        String release,
        String machine,
        int possibleCpus,
        Set<MapType> mapTypes,
        boolean simulated,
        List<String> capabilities,
        KernelProbe probe) {

    /** Keeps the types in the order of their numbers. */
    public KernelFeatures {
        Set<MapType> ordered = EnumSet.noneOf(MapType.class);
        ordered.addAll(mapTypes);
        mapTypes = Collections.unmodifiableSet(ordered);
        capabilities = List.copyOf(capabilities);
    }
}
