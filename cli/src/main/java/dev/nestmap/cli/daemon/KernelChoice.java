package dev.nestmap.cli.daemon;

import dev.nestmap.agent.HostKernel;
import dev.nestmap.agent.HostPrivileges;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The kernel of this host, or an imitation of it in memory. */
public enum KernelChoice {
    /** Through libbpf. */
    REAL,
    /** In memory: no program sees it, and it is gone with the process. */
    SIMULATED;

    /** How it is chosen. */
    public static final Option OPTION = Option.value("--kernel", "real|simulated",
            "real: this host's, through libbpf (default); simulated: in memory, needs no rights, serves no program");

    /** What a run asks for. */
    public static KernelChoice of(Invocation invocation) throws CommandFailedException {
        String word = invocation.option(OPTION.name()).orElse("real");
        return switch (word) {
            case "real" -> REAL;
            case "simulated" -> SIMULATED;
            default -> throw CommandFailedException
                    .usage("--kernel=%s: must be real or simulated".formatted(word));
        };
    }

    /** Opens it; the caller closes it. */
    public Kernel open() throws CommandFailedException {
        return switch (this) {
            case REAL -> openReal();
            case SIMULATED -> new SimulatedKernel();
        };
    }

    /** What every line that is printed begins with, so that no one takes an imitation for the real thing. */
    public String mark() {
        return switch (this) {
            case REAL -> "";
            case SIMULATED -> "[simulated kernel] ";
        };
    }

    /** The process may start anew, with less; see {@link HostPrivileges#drop}. */
    void dropPrivileges(Path pinRoot) throws CommandFailedException {
        switch (this) {
            case REAL -> {
                try {
                    HostPrivileges.drop(pinRoot);
                } catch (KernelException e) {
                    throw KernelFailures.of("begin with the least privileges", e);
                }
            }
            case SIMULATED -> {
                // It asks the kernel for nothing.
            }
        }
    }

    /** What this process may do and what it can manage. */
    void sayPrivileges(Kernel kernel, Consumer<String> listener) throws CommandFailedException {
        switch (this) {
            case REAL -> {
                try {
                    HostPrivileges.words(kernel).forEach(listener);
                } catch (KernelException e) {
                    throw KernelFailures.of("look at what this kernel can do", e);
                }
            }
            case SIMULATED -> {
                // It is said on every line that nothing of this reaches a kernel.
            }
        }
    }

    private static Kernel openReal() throws CommandFailedException {
        try {
            return HostKernel.open();
        } catch (KernelException e) {
            throw KernelFailures.of("use this host's kernel", e);
        }
    }
}
