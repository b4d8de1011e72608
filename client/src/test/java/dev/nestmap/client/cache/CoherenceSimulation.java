package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Found;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.model.Bytes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store, its watch and a client with a cache, on a clock of their own. Each step does one thing that may happen; what
 * readers get is checked at once. For one thread.
 */
@SuppressWarnings("NullableOptional") // as Table declares it
final class CoherenceSimulation {
    static final long BOUND_NANOS = 1000;
    static final long LAG_NANOS = BOUND_NANOS / 2;
    private static final int KEYS = 12;

    private final Random random;
    private final boolean contents;
    private final SimulatedStore store = new SimulatedStore();
    private final Coherence<Bytes, Long> coherence;
    private final Deque<SimulatedStore.Lookup> sent = new ArrayDeque<>();
    /** Seen by the store, with what it said, not by the client yet. */
    private final List<Runnable> answered = new ArrayList<>();
    private final List<Long> unacknowledged = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private long nowNanos = 1;
    private long delivered;
    /** Until then nothing comes from the watch. */
    private long cutUntilNanos;
    private Optional<Long> askedNanos = Optional.empty();
    private Optional<Long> markRevision = Optional.empty();
    /** What the next read must see, by what ended reads and acknowledged writes saw. */
    private long mustSee;
    private long hits;
    private long loads;
    private boolean inner;

    CoherenceSimulation(long seed, Table<Bytes, Long> table) {
        this(seed, table, 0);
    }

    /** @param lagNanos how far the clock of hits is really behind at times; it says {@link #LAG_NANOS} */
    CoherenceSimulation(long seed, Table<Bytes, Long> table, long lagNanos) {
        this.random = new Random(seed);
        this.contents = table instanceof MirrorTable;
        this.coherence = new Coherence<>(SimulatedStore.IDENTITY,
                SimulatedStore.KEYS,
                new InterleavingTable(table, this::perhapsDeliver, this::perhapsHit),
                SimulatedStore.ENTRIES, key -> {
                    loads++;
                    var future = new CompletableFuture<Answer<Found>>();
                    sent.add(new SimulatedStore.Lookup(key.intLe(0), future));
                    return future;
                }, new Counters(), BOUND_NANOS,
                lagNanos == 0 ? () -> nowNanos : new Lagging(lagNanos));
        if (contents) {
            coherence.apply(store.snapshot(1));
        } else {
            coherence.skipTo(1);
        }
        delivered = 1;
    }

    /** Between now and so long ago, as it likes; never ahead. */
    private final class Lagging implements NanoClock {
        private final long mostNanos;

        Lagging(long mostNanos) {
            this.mostNanos = mostNanos;
        }

        @Override
        public long nanos() {
            return nowNanos;
        }

        @Override
        public long recentNanos(long scratch) {
            return nowNanos - random.nextLong(mostNanos + 1);
        }

        @Override
        public long lagNanos() {
            return LAG_NANOS;
        }
    }

    Coherence<Bytes, Long> coherence() {
        return coherence;
    }

    List<String> violations() {
        return violations;
    }

    long hits() {
        return hits;
    }

    long loads() {
        return loads;
    }

    void pass(long nanos) {
        nowNanos += nanos;
    }

    void run(int steps) {
        for (int i = 0; i < steps && violations.isEmpty(); i++) {
            nowNanos += random.nextInt(20);
            step();
        }
        answerAll();
    }

    private void step() {
        switch (random.nextInt(40)) {
            case 0 -> commit();
            case 1 -> unacknowledged.add(commit());
            case 2 -> store.commit(nowNanos, List.of(), key -> false);
            case 3, 4 -> linearize();
            case 5, 6 -> answer();
            case 7, 8, 9 -> deliver();
            case 10 -> acknowledge();
            case 11 -> askedNanos = askedNanos.or(() -> Optional.of(nowNanos));
            case 12 -> markRevision = markRevision
                    .or(() -> askedNanos.map(asked -> store.revision()));
            case 13 -> mark();
            case 14 -> seldom();
            case 15, 16, 17 -> mark();
            case 18, 19, 20, 21, 22 -> linearize();
            case 23, 24, 25, 26, 27 -> answer();
            default -> startRead(random.nextInt(KEYS));
        }
    }

    private long commit() {
        List<Integer> keys = random.ints(1 + random.nextInt(3), 0, KEYS).boxed().toList();
        return store.commit(nowNanos, keys, key -> random.nextInt(4) == 0);
    }

    private void seldom() {
        switch (random.nextInt(20)) {
            case 0 -> pass(BOUND_NANOS);
            case 3, 4 -> cutUntilNanos = nowNanos + random.nextInt(3 * (int) BOUND_NANOS);
            case 1 -> {
                // The revision asked for is not held any more.
                delivered = store.revision();
                coherence.apply(store.snapshot(delivered));
            }
            case 2 -> {
                // The feed had to begin anew, behind changes that were never seen; its mark is lost.
                if (!contents) {
                    delivered = store.revision();
                    coherence.skipTo(delivered);
                    askedNanos = Optional.empty();
                    markRevision = Optional.empty();
                }
            }
            default -> {
                // Nothing seldom happens this time.
            }
        }
    }

    private void linearize() {
        SimulatedStore.Lookup lookup = sent.poll();
        if (lookup != null) {
            var answer = store.lookup(lookup.key());
            answered.add(() -> lookup.future().complete(answer));
        }
    }

    private void answer() {
        if (!answered.isEmpty()) {
            answered.remove(random.nextInt(answered.size())).run();
        }
    }

    void answerAll() {
        while (!sent.isEmpty() || !answered.isEmpty()) {
            linearize();
            answer();
        }
    }

    private void acknowledge() {
        if (!unacknowledged.isEmpty()) {
            long revision = unacknowledged.remove(random.nextInt(unacknowledged.size()));
            coherence.wrote(revision);
            mustSee = Math.max(mustSee, revision);
        }
    }

    private void deliver() {
        if (nowNanos < cutUntilNanos) {
            return;
        }
        // All that is there at once: what a stream gets whose versions in between are not held any more.
        int revisions = 1 + random.nextInt(random.nextInt(4) == 0 ? 100 : 3);
        long upTo = Math.min(store.revision(), delivered + revisions);
        Optional<WatchEvent> changes = store.changes(delivered, upTo);
        delivered = upTo;
        changes.ifPresent(coherence::apply);
    }

    private void mark() {
        if (nowNanos >= cutUntilNanos && markRevision.isPresent() && askedNanos.isPresent()
                && delivered >= markRevision.get()) {
            coherence.mark(markRevision.get(), askedNanos.get());
            askedNanos = Optional.empty();
            markRevision = Optional.empty();
        }
    }

    /** Another thread that comes between a reader's two looks. */
    private void perhapsDeliver() {
        if (!inner && random.nextInt(3) == 0) {
            inner = true;
            deliver();
            mark();
            inner = false;
        }
    }

    /** Another thread that reads while a change is half in the table. */
    private void perhapsHit() {
        boolean before = inner;
        inner = true;
        for (int i = 0; i < 4; i++) {
            int key = random.nextInt(KEYS);
            long floor = mustSee;
            Optional<Long> found = hit(key);
            if (found != null) {
                check(key, found, nowNanos, floor, "hit in between");
            }
        }
        inner = before;
    }

    void startRead(int key) {
        long beganNanos = nowNanos;
        long floor = mustSee;
        Optional<Long> hit = hit(key);
        if (hit != null) {
            hits++;
            check(key, hit, beganNanos, floor, "hit");
            return;
        }
        var _ = coherence.read(SimulatedStore.key(key)).whenComplete((entry, error) -> {
            if (error == null) {
                check(key, entry.value(), beganNanos, floor, "load");
            } else {
                violations.add("a read failed: " + error);
            }
        });
    }

    /** As a read that begins now, or as one of several that share a look at the clock. */
    private @Nullable Optional<Long> hit(int key) {
        return random.nextBoolean()
                ? coherence.hit(SimulatedStore.key(key), 0)
                : coherence.hitSince(SimulatedStore.key(key), nowNanos);
    }

    private void check(int key, Optional<Long> found, long beganNanos, long floor, String how) {
        long value = found.orElse(-1L);
        Optional<Long> last = store.lastHeld(key, value, store.revision());
        Optional<Long> at = store.firstHeld(key, value, floor);
        if (last.isEmpty() || at.isEmpty()) {
            violations.add("%s of key %d gave %d at floor %d, when it was %d".formatted(how, key,
                    value, floor, store.at(key, Math.max(1, floor))));
        } else if (store.supersededNanos(last.get()) < beganNanos - BOUND_NANOS) {
            violations.add("%s of key %d gave %d, superseded at %d, to a read begun at %d"
                    .formatted(how, key, value, store.supersededNanos(last.get()), beganNanos));
        } else {
            mustSee = Math.max(mustSee, at.get());
        }
    }
}
