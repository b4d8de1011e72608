package dev.nestmap.agent.events;

import dev.nestmap.agent.kernel.HostWatch;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of this host on which values in maps depend. Where one kind cannot be listened to, that is said once, and those changes
 * are found by asking each second, as all are in any case. For one thread.
 */
public final class HostEvents implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostEvents.class);

    private final Runnable changed;
    private final Optional<HostWatch> interfaces;
    private Optional<PathEvents> paths = Optional.empty();
    private boolean pathsFailed;

    private HostEvents(Optional<HostWatch> interfaces, Runnable changed) {
        this.interfaces = interfaces;
        this.changed = changed;
    }

    /**
     * Begins to listen to network interfaces.
     *
     * @param changed called in threads of their own, any number at a time
     */
    public static HostEvents open(Kernel kernel, Runnable changed) {
        try {
            return new HostEvents(Optional.of(kernel.watchInterfaces(changed)), changed);
        } catch (KernelException e) {
            LOG.warn("changes of interfaces are looked for each second: {}", e.getMessage());
            return new HostEvents(Optional.empty(), changed);
        }
    }

    /** Listens to these paths from now on. */
    public void watch(Set<Path> hostPaths) {
        if (paths.isEmpty() && !hostPaths.isEmpty() && !pathsFailed) {
            try {
                paths = Optional.of(PathEvents.open(hostPaths.iterator().next(), changed));
            } catch (IOException e) {
                pathsFailed = true;
                LOG.warn("changes of programs and cgroups are looked for each second: {}",
                        e.toString());
            }
        }
        if (paths.isPresent() && paths.get().watch(hostPaths)) {
            // Something may have come between the look that named the path and this.
            changed.run();
        }
    }

    @Override
    public void close() {
        interfaces.ifPresent(HostWatch::close);
        paths.ifPresent(HostWatch::close);
    }
}
