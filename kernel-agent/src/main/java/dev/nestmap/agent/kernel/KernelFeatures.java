package dev.nestmap.agent.kernel;

import dev.nestmap.model.map.MapType;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What this kernel can do, probed by trying.
 *
 * @param release as uname -r says
 * @param machine as uname -m says
 * @param possibleCpus the number of CPUs for which a per-CPU map has values (possible, not online)
 * @param mapTypes the types of which a map could be created, in the order of their numbers
 * @param outerBatches outer maps take batches (Linux 5.19): a swap of many slots costs one RCU grace period,
 *     not one for each
 * @param mmapableArrays arrays take the flag MMAPABLE (Linux 5.5)
 * @param innerMapFlag arrays take the flag INNER_MAP, by which inner arrays of one outer may differ in
 *     max_entries (Linux 5.10)
 * @param simulated nothing of this reaches a kernel
 */
public record KernelFeatures(
        String release,
        String machine,
        int possibleCpus,
        Set<MapType> mapTypes,
        boolean outerBatches,
        boolean mmapableArrays,
        boolean innerMapFlag,
        boolean simulated) {

    /** Keeps the types in the order of their numbers. */
    public KernelFeatures {
        Set<MapType> ordered = EnumSet.noneOf(MapType.class);
        ordered.addAll(mapTypes);
        mapTypes = Collections.unmodifiableSet(ordered);
    }
}
