package dev.nestmap.client;

import dev.nestmap.model.map.MapType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a host is and can do.
 *
 * @param kernelRelease uname -r
 * @param machine uname -m
 * @param possibleCpus the length of per-CPU values
 * @param simulatedKernel its agent works on an imitation of the kernel
 * @param supportedTypes types its kernel lets the agent create
 * @param pinRoot root of the pins
 * @param capabilities those that its agent runs with, by name
 * @param probe what its kernel does for it; null where the agent did not try
 */
public record NodeFacts(
        String kernelRelease,
        String machine,
        int possibleCpus,
        String agentVersion,
        boolean simulatedKernel,
        List<MapType> supportedTypes,
        String pinRoot,
        List<String> capabilities,
        @Nullable Probe probe) {
    /** Copies the lists. */
    public NodeFacts {
        supportedTypes = List.copyOf(supportedTypes);
        capabilities = List.copyOf(capabilities);
    }

    /**
     * What a kernel does for an agent beyond types of maps, as tried.
     *
     * @param mapFlags creation flags by their names in linux/bpf.h, without BPF_F_ and in lower case
     * @param outerBatch one system call sets many slots of an outer map
     * @param outerBatchMicros what a batch of 8 slots took; 0 where it was not tried
     * @param outerUpdateMicros what one slot took by itself; 0 where it was not tried
     * @param freeze maps can be frozen
     * @param mmap arrays with BPF_F_MMAPABLE can be filled through their memory
     * @param btf types of keys and values can be loaded
     */
    public record Probe(
            List<String> mapFlags,
            boolean outerBatch,
            long outerBatchMicros,
            long outerUpdateMicros,
            boolean freeze,
            boolean mmap,
            boolean btf) {
        /** Copies the list. */
        public Probe {
            mapFlags = List.copyOf(mapFlags);
        }
    }
}
