package dev.nestmap.client.cache;

import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.model.Errno;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings changes and marks from a feed to a table, on a thread of its own, and opens the feed again when it fails. Asks for
 * a mark four times within the bound, one at a time, so that one that is late leaves time for the next.
 */
final class Follower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final int MARKS_PER_BOUND = 4;
    /** A feed that owes a mark and was silent for longer than this, or than three bounds, is stuck and opened again. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(3);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    /** Contents over the limit were received for nothing, and will be the next time. */
    private static final Duration PAUSE_AFTER_TOO_LARGE = Duration.ofMinutes(5);

    private final String name;
    private final Coherence<?, ?> coherence;
    private final Feed.Source source;
    private final Start start;
    private final long intervalNanos;
    private final long patienceNanos;
    private final LongSupplier clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    // Written by the thread that follows; read by whoever closes.
    private volatile @Nullable Feed following;
    // Confined to the thread that follows.
    private Duration pause = FIRST_PAUSE;

    /** Where a feed begins when there is none to go on with. */
    enum Start {
        /** With what changes from now on: the table holds what readers asked for. */
        NEWEST,
        /** With the contents: the table holds all. */
        CONTENTS
    }

    Follower(String name, Coherence<?, ?> coherence, Feed.Source source, Start start,
            Duration staleness, LongSupplier clock) {
        this.name = name;
        this.coherence = coherence;
        this.source = source;
        this.start = start;
        this.intervalNanos = staleness.toNanos() / MARKS_PER_BOUND;
        this.patienceNanos = Math.max(LEAST_PATIENCE.toNanos(), 3 * staleness.toNanos());
        this.clock = clock;
    }

    /** Begins, on a virtual thread. */
    void start() {
        Thread.ofVirtual().name("nestmap-cache-" + name).uncaughtExceptionHandler((thread, e) -> {
            LOG.error("{} failed", thread.getName(), e);
            coherence.end(new Ended.Failed(Kind.INTERNAL,
                    "cache of %s: following the map failed: %s".formatted(name, e)));
        }).start(this::run);
    }

    /** Follows until it is closed or the map is gone. */
    void run() {
        boolean anew = true;
        while (!isOver()) {
            try {
                long newest = source.newestRevision();
                if (anew && start == Start.NEWEST) {
                    coherence.skipTo(newest);
                } else {
                    coherence.reached(newest);
                    if (isOver()) {
                        return;
                    }
                }
                long applied = coherence.freshness().applied();
                boolean contents = start == Start.CONTENTS && (anew || applied == 0);
                try (Feed feed = source.open(contents ? 0 : applied + 1)) {
                    following = feed;
                    anew = false;
                    follow(feed);
                }
                pause();
            } catch (NestmapException e) {
                anew = failed(e) || anew;
                pause();
            }
        }
    }

    /** Until the feed fails, is stuck, or nothing is wanted any more. */
    private void follow(Feed feed) {
        long askedNanos = clock.getAsLong();
        long number = feed.requestProgress();
        boolean waiting = true;
        while (!isOver()) {
            long nowNanos = clock.getAsLong();
            if (!waiting && nowNanos - askedNanos >= intervalNanos) {
                askedNanos = clock.getAsLong(); // before the question, so that the answer is later
                number = feed.requestProgress();
                waiting = true;
            }
            // A large event takes its time: as long as parts of it come the feed is not stuck.
            long silentSinceNanos = later(askedNanos, feed.lastHeardNanos());
            if (waiting && nowNanos - silentSinceNanos > patienceNanos) {
                LOG.debug("cache of {}: nothing came for {} ms, the watch is opened again", name,
                        TimeUnit.NANOSECONDS.toMillis(patienceNanos));
                return;
            }
            long limitNanos = waiting
                    ? silentSinceNanos + patienceNanos
                    : askedNanos + intervalNanos;
            Optional<WatchEvent> event = feed
                    .poll(Duration.ofNanos(Math.max(1, limitNanos - clock.getAsLong())));
            if (event.isEmpty()) {
                continue;
            }
            pause = FIRST_PAUSE;
            if (event.get().progressNonce() == 0) {
                coherence.apply(event.get());
            } else if (event.get().progressNonce() >= number) {
                coherence.mark(event.get().revision(), askedNanos);
                waiting = false;
            }
        }
    }

    private static long later(long nanos, long otherNanos) {
        return nanos - otherNanos > 0 ? nanos : otherNanos;
    }

    /** True where the next feed cannot go on where this one ended. */
    private boolean failed(NestmapException failure) {
        return switch (failure.kind()) {
            case WRONG_CLUSTER, CLOSED, DENIED, UNSUPPORTED, CANCELLED -> {
                coherence.end(new Ended.Failed(failure.kind(),
                        "cache of %s: %s".formatted(name, failure.getMessage())));
                yield false;
            }
            case REFUSED -> {
                coherence.end(failure.is(Errno.ENOENT)
                        ? new Ended.Gone("cache of %s: %s; open it again".formatted(name,
                                failure.getMessage()))
                        : new Ended.Failed(Kind.INTERNAL,
                                "cache of %s: %s".formatted(name, failure.getMessage())));
                yield false;
            }
            case TOO_LARGE -> {
                // Contents are received whole again; what changes from now on is another, smaller thing.
                if (start == Start.CONTENTS) {
                    pause = PAUSE_AFTER_TOO_LARGE;
                }
                LOG.warn("cache of {}: begins anew in {}: {}; raise CacheOptions.maxEventBytes",
                        name, pause, failure.getMessage());
                yield true;
            }
            case REVISION_GONE, INVALID, NO_NODE, INTERNAL -> {
                LOG.warn("cache of {}: begins anew: {}", name, failure.getMessage());
                yield true;
            }
            case UNAVAILABLE, TIMED_OUT, OVERLOADED, OUTCOME_UNKNOWN -> {
                LOG.debug("cache of {}: {}", name, failure.getMessage());
                yield false;
            }
        };
    }

    private boolean isOver() {
        return closed.getCount() == 0 || coherence.ended() != null;
    }

    private void pause() {
        try {
            var _ = closed.await(pause.toMillis(), TimeUnit.MILLISECONDS);
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        } catch (InterruptedException e) {
            closed.countDown();
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        Feed open = following;
        if (open != null) {
            open.close();
        }
        coherence.end(new Ended.Failed(Kind.CLOSED, "cache of %s: it is closed".formatted(name)));
    }
}
