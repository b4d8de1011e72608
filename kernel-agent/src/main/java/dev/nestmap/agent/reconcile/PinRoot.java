package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.PinRootLock;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Errno;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The directory that all pins are below, locked, and whether it is still there: its bpffs can be unmounted lazily under a running
 * agent. Maps live on then, because the agent and programs hold them. Opened by one thread, then of the one that works on the kernel.
 */
public final class PinRoot implements AutoCloseable {
    private final Kernel kernel;
    private final Path path;
    private PinRootLock lock;
    private Optional<Problem> lost = Optional.empty();
    private long dueNanos = Long.MIN_VALUE;

    private PinRoot(Kernel kernel, Path path, PinRootLock lock) {
        this.kernel = kernel;
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes the directory where it is missing, and locks it.
     *
     * @throws KernelException EAGAIN where another agent holds it; whatever the kernel says to making it
     */
    public static PinRoot take(Kernel kernel, Path path) throws KernelException {
        return new PinRoot(kernel, path, locked(kernel, path));
    }

    private static PinRootLock locked(Kernel kernel, Path path) throws KernelException {
        kernel.makeDirectories(path);
        return kernel.lock(path);
    }

    /** Looks, at most about each second. True where it is there again, without what was pinned in it. */
    boolean cameBack(long nowNanos) {
        if (dueNanos != Long.MIN_VALUE && dueNanos - nowNanos > 0) {
            return false;
        }
        dueNanos = Check.nextSecond(nowNanos);
        if (lock.isInPlace()) {
            return false;
        }
        try {
            if (!kernel.takesPins(path)) {
                lost = Optional.of(lost(Errno.ENOENT.number(),
                        "pin root %s is in no bpffs any more".formatted(path)));
                return false;
            }
            PinRootLock next = locked(kernel, path);
            lock.close();
            lock = next;
            lost = Optional.empty();
            return true;
        } catch (KernelException e) {
            lost = Optional.of(lost(e.errnoNumber(), String.valueOf(e.getMessage())));
            return false;
        }
    }

    /** Why nothing can be pinned at present, as of the last look; empty where it can. */
    Optional<Problem> lost() {
        return lost;
    }

    /** When to look again. */
    long dueNanos() {
        return dueNanos;
    }

    private Problem lost(int errno, String cause) {
        return new Problem(errno,
                "%s: it was unmounted. Programs that have the map go on with it, and the agent goes on writing it, but nobody finds it by its pin: mount a bpffs there again (mount -t bpf bpf DIR), and the agent pins it again"
                        .formatted(cause),
                Retry.SLOWLY);
    }

    /** Lets another agent have it. */
    @Override
    public void close() {
        lock.close();
    }
}
