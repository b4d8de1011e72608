package dev.nestmap.agent.libbpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.nestmap.agent.kernel.HostWatch;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from rtnetlink(7) that a network interface of this process' network namespace came, went, or was changed. What the
 * messages say is not looked at: whoever listens asks anew, so that one that was lost (ENOBUFS) costs nothing.
 */
final class LinkEvents implements HostWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LinkEvents.class);
    private static final short AF_NETLINK = 16;
    /** {@code struct sockaddr_nl}. */
    private static final int ADDRESS_BYTES = 12;
    private static final int GROUPS_OFFSET = 8;
    /** The group of RTM_NEWLINK and RTM_DELLINK. */
    private static final int RTMGRP_LINK = 1;
    private static final int BUFFER_BYTES = 1 << 15;
    /** Bounds how long the thread outlives the watch. */
    private static final int TURN_MILLIS = 10_000;
    /** A burst is one change. What does not fit into the socket meanwhile is lost, which costs nothing. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MOST_MESSAGES = 1024;
    private static final int ENOBUFS = 105;
    private static final int EINTR = 4;

    private final int fd;
    private final Runnable changed;
    private volatile boolean closed;

    private LinkEvents(int fd, Runnable changed) {
        this.fd = fd;
        this.changed = changed;
    }

    static LinkEvents open(Runnable changed) throws KernelException {
        String operation = "listen to changes of network interfaces";
        int fd = LibC.netlinkRouteSocket();
        if (fd < 0) {
            throw new KernelException(operation, -fd);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_BYTES, Integer.BYTES);
            address.set(JAVA_SHORT, 0, AF_NETLINK);
            address.set(JAVA_INT, GROUPS_OFFSET, RTMGRP_LINK);
            int bound = LibC.bind(fd, address);
            if (bound < 0) {
                LibC.close(fd);
                throw new KernelException(operation, -bound);
            }
        }
        LinkEvents events = new LinkEvents(fd, changed);
        Thread.ofPlatform()
                .name("nestmap-links")
                .daemon()
                .uncaughtExceptionHandler((_, failure) -> LOG
                        .error("changes of network interfaces are no longer heard of", failure))
                .start(events::run);
        return events;
    }

    /** The descriptor is this thread's to close: while it waits in poll(2), its number must not become another file's. */
    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_BYTES);
            while (!closed) {
                int ready = LibC.pollIn(fd, TURN_MILLIS);
                if (ready < 0 && ready != -EINTR) {
                    LOG.warn("changes of network interfaces are no longer heard of: poll: errno {}",
                            -ready);
                    return;
                }
                if (ready > 0 && drain(buffer) && !closed) {
                    changed.run();
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        } finally {
            LibC.close(fd);
        }
    }

    /** Takes what came, or the most of it in a storm; true where something did, or was lost. */
    private boolean drain(MemorySegment buffer) {
        for (int messages = 0; messages < MOST_MESSAGES; messages++) {
            int received = LibC.receiveNow(fd, buffer);
            if (received == -Errno.EAGAIN.number() || received == 0) {
                return messages > 0;
            }
            if (received < 0 && received != -ENOBUFS && received != -EINTR) {
                return true;
            }
        }
        return true;
    }

    @Override
    public void close() {
        closed = true;
    }
}
