package dev.nestmap.client.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapException;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.model.Bytes;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a follower takes slow, silent and mistaken feeds; on a clock that the feeds move. */
@Timeout(60)
class FollowerTest {
    private static final long CONTENTS_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final AtomicLong nowNanos = new AtomicLong(1);
    private final AtomicInteger opened = new AtomicInteger();
    private final SimulatedStore store = new SimulatedStore();
    private final CompletableFuture<Long> applied = new CompletableFuture<>();
    private final Coherence<Bytes, Long> coherence = new Coherence<>(SimulatedStore.IDENTITY,
            SimulatedStore.KEYS,
            new MirrorTable<>(SimulatedStore.MAP.spec(), SimulatedStore.KEYS,
                    SimulatedStore.ENTRIES),
            SimulatedStore.ENTRIES, key -> new CompletableFuture<>(), new Counters(),
            TimeUnit.SECONDS.toNanos(1), nowNanos::get);

    /** Gives the contents after a while in which parts of them come, or nothing does. */
    private final class SlowFeed implements Feed {
        private final boolean parts;
        private final long arrivesNanos = nowNanos.get() + CONTENTS_NANOS;
        private long lastHeardNanos = nowNanos.get();
        private boolean given;

        SlowFeed(boolean parts) {
            this.parts = parts;
        }

        @Override
        public long requestProgress() {
            return 1;
        }

        @Override
        public Optional<WatchEvent> poll(Duration longest) {
            if (given) {
                applied.complete(coherence.freshness().applied());
                nowNanos.addAndGet(longest.toNanos());
                return Optional.empty();
            }
            long untilNanos = Math.min(nowNanos.get() + longest.toNanos(), arrivesNanos);
            nowNanos.set(untilNanos);
            if (parts) {
                lastHeardNanos = untilNanos;
            }
            given = parts && untilNanos == arrivesNanos;
            return given ? Optional.of(store.snapshot(1)) : Optional.empty();
        }

        @Override
        public long lastHeardNanos() {
            return lastHeardNanos;
        }

        @Override
        public void close() {}
    }

    private Follower follow(IntFunction<Feed> feeds, long newestRevision) {
        return follow(feeds, newestRevision, Follower.Start.CONTENTS);
    }

    private Follower follow(IntFunction<Feed> feeds, long newestRevision, Follower.Start start) {
        Follower follower = new Follower("m", coherence, new Feed.Source() {
            @Override
            public Feed open(long fromRevision) {
                return feeds.apply(opened.incrementAndGet());
            }

            @Override
            public long newestRevision() {
                return newestRevision;
            }
        }, start, Duration.ofSeconds(1), nowNanos::get);
        follower.start();
        return follower;
    }

    @Test
    void contentsThatTakeLongArriveWhileTheirPartsCome() throws Exception {
        try (Follower _ = follow(time -> new SlowFeed(true), 1)) {
            assertEquals(1, applied.get(30, TimeUnit.SECONDS));
            assertEquals(1, opened.get());
        }
    }

    @Test
    void aFeedThatIsSilentIsOpenedAgain() throws Exception {
        try (Follower _ = follow(time -> new SlowFeed(time == 2), 1)) {
            assertEquals(1, applied.get(30, TimeUnit.SECONDS));
            assertEquals(2, opened.get());
        }
    }

    /** It needs no contents: nothing large comes again. */
    @Test
    void aCacheGoesOnSoonAfterAnEventThatWasTooLarge() throws Exception {
        CompletableFuture<Integer> again = new CompletableFuture<>();
        try (Follower _ = follow(time -> {
            if (time == 1) {
                throw NestmapException.of(NestmapException.Kind.TOO_LARGE, "65 MiB");
            }
            again.complete(time);
            return new SlowFeed(false);
        }, 1, Follower.Start.NEWEST)) {
            assertEquals(2, again.get(30, TimeUnit.SECONDS));
        }
    }

    @Test
    void aStoreThatWentBackEndsTheTable() {
        coherence.mark(9, nowNanos.get() - TimeUnit.MINUTES.toNanos(1)); // long ago
        try (Follower _ = follow(time -> new SlowFeed(false), 8)) {
            NestmapException ended = assertThrows(NestmapException.class,
                    () -> coherence.whole(revision -> revision, Duration.ofSeconds(30)));
            assertTrue(String.valueOf(ended.getMessage()).contains("went back"),
                    ended::toString);
            assertEquals(0, opened.get());
        }
    }
}
