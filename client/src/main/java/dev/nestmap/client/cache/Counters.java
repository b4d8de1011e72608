package dev.nestmap.client.cache;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What happened. Safe for threads. */
final class Counters {
    private static final int SEATS = 64;

    private final Seat[] seats = Scratch.pieces(SEATS).map(Seat::new).toArray(Seat[]::new);
    private final LongAdder otherHits = new LongAdder();
    private final LongAdder misses = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder loads = new LongAdder();
    private final LongAdder loadFailures = new LongAdder();
    private final LongAdder marks = new LongAdder();
    private final LongAdder changes = new LongAdder();

    /**
     * What the calling thread counts its hits with, and may write into meanwhile: nobody else does. Without such, counting took
     * as long as the lookup.
     */
    Seat seat() {
        Thread reader = Thread.currentThread();
        Seat seat = seats[(int) reader.threadId() & (SEATS - 1)];
        return seat.owner == reader ? seat : taken(seat, reader);
    }

    private Seat taken(Seat seat, Thread reader) {
        return seat.takenBy(reader) ? seat : new Seat(otherHits);
    }

    void miss() {
        misses.increment();
    }

    /** A read found an entry which it might not give out. */
    void refused() {
        refused.increment();
    }

    void load() {
        loads.increment();
    }

    void loadFailure() {
        loadFailures.increment();
    }

    void mark() {
        marks.increment();
    }

    void change() {
        changes.increment();
    }

    CacheStats stats(long evictions, long entries, long staleNanos, long appliedRevision) {
        return new CacheStats(hits(), misses.sum(), refused.sum(), loads.sum(),
                loadFailures.sum(), evictions, entries, marks.sum(), changes.sum(), staleNanos,
                appliedRevision);
    }

    private long hits() {
        return otherHits.sum() + Arrays.stream(seats).mapToLong(Seat::hits).sum();
    }

    /** Belongs to one thread until that has ended. */
    static final class Seat {
        private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
        /** Between the places of two threads there is more than what processors take from one another at once. */
        private static final int PLACES = 16;
        private static final int HITS = 8;

        private final long[] places = new long[PLACES];
        private final Scratch memory;
        private final long scratch;
        private final @Nullable LongAdder shared;
        // Written under the own lock. Read without: who finds itself in it has written that.
        private @Nullable Thread owner;

        private Seat(Scratch memory) {
            this.memory = memory;
            this.scratch = memory.address();
            this.shared = null;
        }

        /** For a thread whose seat is another's. */
        private Seat(LongAdder shared) {
            this.memory = Scratch.none();
            this.scratch = memory.address();
            this.shared = shared;
        }

        /** What the thread before it has counted is seen here: it has ended. */
        private synchronized boolean takenBy(Thread reader) {
            Thread before = owner;
            if (before == null || !before.isAlive()) {
                owner = reader;
            }
            return owner == reader;
        }

        /** The address of memory that is the own thread's for as long as this is reachable; 0: it has none. */
        long scratch() {
            return scratch;
        }

        void hit() {
            if (shared == null) {
                LONGS.setOpaque(places, HITS, places[HITS] + 1);
            } else {
                shared.increment();
            }
        }

        private long hits() {
            return (long) LONGS.getOpaque(places, HITS);
        }
    }
}
