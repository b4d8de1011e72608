package dev.nestmap.client;

import dev.nestmap.model.map.MapType;
import java.util.List;

/**
 * What a host is and can do.
 *
 * @param kernelRelease uname -r
 * @param machine uname -m
 * @param possibleCpus the length of per-CPU values
 * @param simulatedKernel its agent works on an imitation of the kernel
 * @param supportedTypes types its kernel lets the agent create
 * @param pinRoot root of the pins
 */
public record NodeFacts(
        String kernelRelease,
        String machine,
        int possibleCpus,
        String agentVersion,
        boolean simulatedKernel,
        List<MapType> supportedTypes,
        String pinRoot) {
    /** Copies the list. */
    public NodeFacts {
        supportedTypes = List.copyOf(supportedTypes);
    }
}
