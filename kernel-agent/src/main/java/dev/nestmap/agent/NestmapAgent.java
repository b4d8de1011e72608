package dev.nestmap.agent;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import java.time.Duration;

/** A running agent. Any number of threads may call. */
@SuppressWarnings("DoNotCallSuggester") // until built
public final class NestmapAgent implements AutoCloseable {
    private NestmapAgent() {}

    /**
     * Takes the pin root, finds the maps that were left there, and begins to follow. The kernel stays the caller's to
     * close, after the agent.
     *
     * @throws KernelException EAGAIN where another agent holds the pin root; EPERM with advice where there is no bpffs and
     *     none can be mounted; whatever the kernel says to looking at the pins
     */
    public static NestmapAgent start(AgentConfig config, Kernel kernel) throws KernelException {
        throw new UnsupportedOperationException("being built: " + config + kernel);
    }

    /** How it stands now. */
    public AgentStatus status() {
        throw new UnsupportedOperationException("being built");
    }

    /**
     * Waits until a revision is in the kernel, but for the maps of which a condition tells.
     *
     * @return false where the time ran out first
     */
    public boolean awaitApplied(long revision, Duration timeout) throws InterruptedException {
        throw new UnsupportedOperationException("being built: " + revision + timeout);
    }

    /** Stops following. All maps and pins stay, and so do the programs that use them. */
    @Override
    public void close() {}
}
