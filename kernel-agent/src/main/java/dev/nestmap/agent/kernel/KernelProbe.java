package dev.nestmap.agent.kernel;

import java.time.Duration;
import java.util.List;

/**
 * What of bpf(2) beyond the types of maps a kernel does for this process, found out by trying it.
 *
 * @param mapFlags the creation flags that it takes, by their names in linux/bpf.h without BPF_F_ and in lower case
 * @param outerBatch one system call sets many slots of an outer map (Linux 5.19)
 * @param outerBatchTime what a batch of {@link #OUTER_BATCH_SLOTS} slots took; zero where it was not tried
 * @param outerUpdateTime what one slot took by itself: about one RCU grace period. Where a batch takes as many times that as it has
 *     slots, the kernel waits for each; zero where it was not tried
 * @param freeze maps can be frozen (Linux 5.2)
 * @param mmap the memory of arrays with BPF_F_MMAPABLE can be mapped
 * @param btf types can be loaded
 */
public record KernelProbe(
        List<String> mapFlags,
        boolean outerBatch,
        Duration outerBatchTime,
        Duration outerUpdateTime,
        boolean freeze,
        boolean mmap,
        boolean btf) {
    /** The slots of the batch that is timed. */
    public static final int OUTER_BATCH_SLOTS = 8;

    /** Copies the list. */
    public KernelProbe {
        mapFlags = List.copyOf(mapFlags);
    }
}
