package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;

/** Whether libbpf is there to be loaded. */
final class LibbpfInstallation {
    private static final String SONAME = "libbpf.so.1";

    private LibbpfInstallation() {}

    /** Loads the library, once for the life of the process. */
    static NativeLibrary open() throws KernelException {
        return open(SONAME);
    }

    static NativeLibrary open(String soname) throws KernelException {
        return NativeLibrary.open(soname,
                "libbpf 1.x is not installed: apt install libbpf1 (Debian, Ubuntu), dnf install libbpf"
                        + " (Fedora, RHEL), or start with --kernel=simulated");
    }
}
