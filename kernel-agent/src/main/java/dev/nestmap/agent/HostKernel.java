package dev.nestmap.agent;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.libbpf.LibbpfKernel;

/** The kernel of this host. */
public final class HostKernel {
    private HostKernel() {}

    /**
     * Loads libbpf and tries to create a map.
     *
     * @throws KernelException where libbpf is missing or this process may not create maps; the message says what to do
     */
    public static Kernel open() throws KernelException {
        return LibbpfKernel.open();
    }
}
