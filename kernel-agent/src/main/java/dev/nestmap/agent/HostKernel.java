package dev.nestmap.agent;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.libbpf.LibbpfKernel;

/** The kernel of this host, for whoever starts an agent. Through which library it is reached is this module's own affair. */
public final class HostKernel {
    private HostKernel() {}

    /**
     * Loads libbpf and creates a map, to see that this process may. The caller closes what is returned.
     *
     * @throws KernelException with advice: no errno where libbpf 1.x is not installed, EPERM where a capability is missing,
     *     ENOSYS where the kernel knows no bpf(2)
     */
    public static Kernel open() throws KernelException {
        return LibbpfKernel.open();
    }
}
