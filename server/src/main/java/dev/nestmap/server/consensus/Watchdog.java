package dev.nestmap.server.consensus;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again at what nobody reports: Raft closed by itself, a leader that hears no majority but is kept busy by writes
 * (Ratis looks only when it is idle), callers whose deadline has passed, a snapshot that is due.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    private static final int LOOKS_PER_ELECTION = 20;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final RaftMember raft;
    private final Coalescer coalescer;
    private final Runnable snapshotTick;
    private final FatalOnce fatal;
    private final long silenceMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    Watchdog(MemberConfig config, RaftMember raft, Coalescer coalescer, Runnable snapshotTick,
            FatalOnce fatal) {
        this.raft = raft;
        this.coalescer = coalescer;
        this.snapshotTick = snapshotTick;
        this.fatal = fatal;
        this.silenceMillis = config.timings().electionMax().toMillis();
        this.thread = Thread.ofPlatform()
                .name("nestmap-watchdog-" + config.memberId())
                .daemon()
                .uncaughtExceptionHandler((dead, e) -> fatal
                        .fatal("the thread that watches over Raft ended: " + e, e))
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed.await(silenceMillis / LOOKS_PER_ELECTION, TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        if (raft.isDead()) {
            fatal.fatal(
                    "Raft closed itself: the process stood still for too long, or the error is in the log above; start again",
                    new IllegalStateException("Raft is closed"));
        }
        if (raft.leadsWithoutMajority(silenceMillis)) {
            LOG.warn("no majority has answered this leader for {} ms; it steps down",
                    silenceMillis);
            try {
                raft.stepDown();
            } catch (IOException e) {
                LOG.warn("stepping down failed; next try in a moment", e);
            }
        }
        coalescer.expire();
        snapshotTick.run();
    }
}
