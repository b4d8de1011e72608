package dev.nestmap.agent.reconcile;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that works on the kernel. There is no queue: it always takes the newest desired state, and what came between is
 * never looked at.
 */
public final class KernelLoop implements AutoCloseable {
    /** Bounds every wait; nothing depends on it. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Changes of the host come in bursts, or without end: what depends on them is looked at no more often than this. */
    private static final long HOST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** As often as it is looked at without any change. */
    private static final long LONGEST_HOST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Bounds the share of a CPU that an endless burst can cost. */
    private static final long PAUSE_BY_WORK = 20;
    private static final long CLOSE_WAIT_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final Reconciler reconciler;
    private final Consumer<Done> listener;
    private final Runnable lastly;
    private final Thread thread;
    private final Lock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    /** Guarded by the lock. */
    private Wanted newest = NOTHING;
    /** Guarded by the lock. */
    private boolean closed;
    /** Guarded by the lock. */
    private boolean hostChanged;
    /** When the host was last looked at because it had changed. Owned by the thread. */
    private long hostLookedNanos = System.nanoTime() - HOST_PAUSE_NANOS;
    /** Owned by the thread. */
    private long hostPauseNanos = HOST_PAUSE_NANOS;
    /** As of the end of the last work. Owned by the thread. */
    private Progress last = Progress.NONE;
    /** What was told last. Owned by the thread. */
    private Set<Path> hostPaths = Set.of();

    /**
     * Work that was done.
     *
     * @param nanos from the moment at which the desired state was received; 0 where nothing new was desired
     * @param restored it was for a state that was restored: no map was removed
     * @param workNanos what the work itself took
     * @param news something that the store does not know yet; without, only what is counted went on
     * @param hostPaths what values in maps depend on: pins of programs, and cgroups
     */
    public record Done(
            Progress progress,
            long nanos,
            boolean restored,
            long workNanos,
            boolean news,
            Set<Path> hostPaths) {}

    private record Wanted(long number, Desired desired, long receivedNanos, boolean restored) {}

    private static final Wanted NOTHING = new Wanted(0, Desired.NOTHING, 0, false);

    /**
     * Starts the thread, which owns the reconciler from now on.
     *
     * @param listener called in that thread after each cycle in which something new was desired or has changed
     * @param onFailure called in that thread, last of all, where it died of a mistake in this program
     * @param lastly called in that thread when it will not touch the kernel any more, however it ended
     */
    public KernelLoop(Reconciler reconciler, Consumer<Done> listener,
            Consumer<Throwable> onFailure, Runnable lastly) {
        this.reconciler = reconciler;
        this.listener = listener;
        this.lastly = lastly;
        this.thread = Thread.ofPlatform()
                .name("nestmap-kernel")
                .uncaughtExceptionHandler((_, failure) -> onFailure.accept(failure))
                .unstarted(this::run);
        thread.start();
    }

    /** Says what is desired from now on. Returns at once. */
    public void want(Desired desired, long receivedNanos) {
        want(desired, receivedNanos, false);
    }

    /**
     * Says what was desired when an agent before ended. Maps are created and written, and none is removed: a newer state, which is to
     * follow, may want it. Returns at once.
     */
    public void restore(Desired desired, long nowNanos) {
        want(desired, nowNanos, true);
    }

    /** Says that interfaces, programs or cgroups of this host may be others than before. Returns at once. */
    public void hostChanged() {
        lock.lock();
        try {
            hostChanged = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void want(Desired desired, long receivedNanos, boolean restored) {
        lock.lock();
        try {
            newest = new Wanted(newest.number() + 1, desired, receivedNanos, restored);
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the work under way come to its end, stops, and leaves all maps and pins as they are. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            news.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            Wanted current = NOTHING;
            while (true) {
                Wanted wanted = await(current);
                if (wanted == null) {
                    return;
                }
                long now = System.nanoTime();
                boolean looksAtHost = takeHostChange(now);
                if (looksAtHost) {
                    hostLookedNanos = now;
                    reconciler.hostChanged(now);
                }
                if (looksAtHost || wanted.number() != current.number()
                        || isDue(reconciler.dueNanos(), now)) {
                    advance(wanted, wanted.number() != current.number(), now);
                    if (looksAtHost) {
                        hostPauseNanos = Math.clamp(PAUSE_BY_WORK * (System.nanoTime() - now),
                                HOST_PAUSE_NANOS, LONGEST_HOST_PAUSE_NANOS);
                    }
                    current = wanted;
                }
                inspect(wanted);
            }
        } finally {
            try {
                reconciler.close();
            } finally {
                lastly.run();
            }
        }
    }

    private void advance(Wanted wanted, boolean isNew, long now) {
        Progress progress = reconciler.advance(wanted.desired(), now);
        if (!wanted.restored()) {
            // A name that is gone is visible too, so nothing is said before its pin is removed.
            progress = reconciler.release(now);
        }
        long done = System.nanoTime();
        Set<Path> paths = reconciler.hostPaths();
        if (isNew || !progress.saysAsMuchAs(last) || !paths.equals(hostPaths)) {
            listener.accept(new Done(progress, isNew ? done - wanted.receivedNanos() : 0,
                    wanted.restored(), done - now, true, paths));
        }
        hostPaths = paths;
        last = progress;
    }

    /** However much there is to do, others are watched too. */
    private void inspect(Wanted wanted) {
        long now = System.nanoTime();
        if (!isDue(reconciler.inspectionDueNanos(now), now + Check.TOGETHER_NANOS)) {
            return;
        }
        Inspection inspection = reconciler.inspect(now);
        if (inspection != Inspection.NOTHING) {
            Progress progress = wanted.restored()
                    ? reconciler.progress()
                    : reconciler.release(now);
            listener.accept(new Done(progress, 0, wanted.restored(), System.nanoTime() - now,
                    inspection == Inspection.NEWS, hostPaths));
            last = progress;
        }
    }

    private static boolean isDue(OptionalLong dueNanos, long nowNanos) {
        return dueNanos.isPresent() && dueNanos.getAsLong() - nowNanos <= 0;
    }

    /** What is to be done next: something new, or the same again because it is time; null when closed. */
    private @Nullable Wanted await(Wanted current) {
        lock.lock();
        try {
            while (!closed && newest.number() == current.number()) {
                long waitNanos = waitNanos(current);
                if (waitNanos <= 0) {
                    break;
                }
                long _ = news.awaitNanos(waitNanos);
            }
            return closed ? null : newest;
        } catch (InterruptedException e) {
            // Nobody interrupts it; if somebody did, it would be to end it.
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** True where the host changed and the pause is over. */
    private boolean takeHostChange(long now) {
        lock.lock();
        try {
            boolean taken = hostChanged && hostLookedNanos + hostPauseNanos - now <= 0;
            hostChanged &= !taken;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** With the lock held. */
    private long waitNanos(Wanted current) {
        if (current.number() == 0) {
            return LONGEST_WAIT_NANOS;
        }
        long now = System.nanoTime();
        long wait = LONGEST_WAIT_NANOS;
        for (OptionalLong due : List.of(reconciler.dueNanos(),
                reconciler.inspectionDueNanos(now))) {
            wait = due.isEmpty() ? wait : Math.min(wait, due.getAsLong() - now);
        }
        return hostChanged ? Math.min(wait, hostLookedNanos + hostPauseNanos - now) : wait;
    }
}
