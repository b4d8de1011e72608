package dev.nestmap.cli.daemon;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a daemon run until it is signalled or ends by itself, and close what it opened before the process goes. Close
 * it last.
 */
public final class Lifetime implements AutoCloseable {
    private static final long CLOSING_SECONDS = 20;
    /** What the shell shows of a process that SIGINT ended. */
    private static final int INTERRUPTED = 130;

    private final Runnable whenStopped;
    private final int exitCode;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = Thread.ofPlatform().name("nestmap-stop").unstarted(this::stopNow);

    private Lifetime(Runnable whenStopped, int exitCode) {
        this.whenStopped = whenStopped;
        this.exitCode = exitCode;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Until a signal, which is the ordinary end of a daemon. */
    static Lifetime untilSignalled() {
        return new Lifetime(() -> {}, 0);
    }

    /** Until the work of a thread is over; a signal interrupts it. */
    public static Lifetime interrupting(Thread worker) {
        return new Lifetime(worker::interrupt, INTERRUPTED);
    }

    /** The process was told to end; it goes when all is closed. */
    private void stopNow() {
        stop.countDown();
        whenStopped.run();
        try {
            if (closed.await(CLOSING_SECONDS, TimeUnit.SECONDS)) {
                Runtime.getRuntime().halt(exitCode);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Something that may end before a signal comes. */
    @FunctionalInterface
    interface Ending {
        void await() throws InterruptedException;
    }

    /** Waits for a signal, or for the end of what runs; true where it was a signal. */
    boolean awaitStop(Ending ending) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread.ofVirtual().name("nestmap-ending").start(() -> {
            try {
                ending.await();
                ended.countDown();
                stop.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        stop.await();
        return ended.getCount() > 0;
    }

    /** All is closed: the process may go. */
    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is being stopped, and the hook was waiting for just this.
        }
    }
}
