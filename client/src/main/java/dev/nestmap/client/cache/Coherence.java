package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Found;
import dev.nestmap.client.MapChange;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.model.Bytes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Decides what may be answered from a local table, and keeps the table true to the map.
 *
 * <p>Promised: (P1) an answer was right at some moment not longer before the read began than the bound; (P2) a read sees at
 * least the revision that any read saw which ended before it began, and every write of this client acknowledged before; (P3)
 * where that cannot be shown the store is asked. Clocks of other machines play no part, nor does the time a message takes.
 *
 * <p>What is known. The map has contents at each revision. Its watch brings the changes in order; <i>applied</i> is the
 * revision up to which all of them are in the table. A lookup gives a value with the revision that it saw and the last one
 * at which the map was changed, so that its answer holds from the latter to the former. A mark that was asked for at T says
 * that the table, once it has the mark's revision applied, was the newest at some moment after T: then <i>asOf</i> is T. A
 * mark that comes unasked says nothing, it may have been long on its way. <i>floor</i> is a revision that every later read
 * must reach: that of the newest thing which a read was given or a write of this client made.
 *
 * <p>(I1) An entry in the table is the map's at the revision <i>applied</i>, or at the later one that it carries itself. A
 * change is in the table before <i>applied</i> says so, in one critical section; a load puts its entry in only if no change
 * behind its revision has touched the key since it began (all changes before that lie below its revision, as the lookup is
 * linearizable and began later), and as it is entered under the same lock no change can come between. Changes of several
 * revisions that were merged are the difference of two versions: a key that came and went between them is not there. So they
 * touch every key, and drop what was read between the two.
 *
 * <p>(I2) Whatever is newer than <i>applied</i> raises <i>floor</i> before a reader can find it: a load before it is given
 * to anyone, a change before the first key of it is in the table. So between two keys of one change no reader can take one
 * that is new and then one that is old. What raises it is the revision at which the map was changed, not the later one that
 * the lookup saw: a load from a map at rest raises nothing above <i>applied</i>.
 *
 * <p>(I3) A reader takes <i>freshness</i> first and the entry after it. If applied >= floor in what it took, the entry is
 * true at that applied or later (I1), hence at floor or later. Taken the other way round, the entry could be older than an
 * <i>applied</i> that was published in between. Else the entry's own revision must reach floor.
 *
 * <p>(I4) Who waits for a load that somebody else began takes its answer only if that began within the bound before the own
 * read, and reached the floor that the own read began with; else it asks again, which a lookup begun later satisfies.
 *
 * <p>P1: by (I3) an entry is the newest as of asOf, its own or that of the table (an entry later than applied was the
 * newest later still), and that is compared with the moment when the read began. P2: floor grows only, and (I3). A table
 * that cannot be kept true (the map is gone or is another one, another cluster answers, revisions went back) is ended: from
 * then on reads fail with the reason.
 *
 * <p>Hits look at a clock that may be behind by its lag, which is taken off the bound; where that does not do, at the exact one.
 * They take one volatile read and no lock. All else is done under one lock that is never held while waiting.
 */
@SuppressWarnings("NullableOptional") // as Table declares it
final class Coherence<K, V> {
    private final MapIdentity map;
    private final Codec<K> keys;
    private final Table<K, V> table;
    private final Entries<V> entries;
    private final Loader loader;
    private final Counters counters;
    private final long boundNanos;
    /** The bound for an age by the recent time, which may be short of the true one by the lag. */
    private final long recentBoundNanos;
    private final NanoClock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition progress = lock.newCondition();
    // Written under the lock.
    private volatile Freshness freshness;
    private volatile @Nullable Ended ended;
    // Guarded by the lock.
    private final Loads<V> loads = new Loads<>();

    /** Nothing is in the table, which therefore is true at any revision, and not known to be fresh. */
    Coherence(MapIdentity map, Codec<K> keys, Table<K, V> table, Entries<V> entries,
            Loader loader, Counters counters, long boundNanos, NanoClock clock) {
        this.map = map;
        this.keys = keys;
        this.table = table;
        this.entries = entries;
        this.loader = loader;
        this.counters = counters;
        this.boundNanos = boundNanos;
        this.recentBoundNanos = boundNanos - clock.lagNanos();
        this.clock = clock;
        this.freshness = new Freshness(0, 0, neverNanos());
    }

    /**
     * What the table gives, {@link Table#find}, where that may be given out to a read that begins now; null: {@link #read}.
     *
     * @param scratch as {@link NanoClock#recentNanos}
     */
    @Nullable
    Optional<V> hit(K key, long scratch) {
        Freshness seen = freshness; // before the entry (I3)
        Optional<V> found = table.find(key);
        if (found == null) {
            return null;
        }
        // The clock is looked at last: a time after the beginning only makes things older.
        if (seen.applied() >= seen.floor()
                && clock.recentNanos(scratch) - seen.asOfNanos() <= recentBoundNanos) {
            return found;
        }
        return judged(key, seen, clock.nanos());
    }

    /**
     * The same for a read that began before.
     *
     * @param begunNanos when it began; (P1) is counted from it, (P2) from now
     */
    @Nullable
    Optional<V> hitSince(K key, long begunNanos) {
        Freshness seen = freshness; // before the entry (I3)
        Optional<V> found = table.find(key);
        if (found == null) {
            return null;
        }
        return seen.applied() >= seen.floor() && begunNanos - seen.asOfNanos() <= boundNanos
                ? found
                : judged(key, seen, begunNanos);
    }

    /** By what the entry itself says. */
    private @Nullable Optional<V> judged(K key, Freshness seen, long begunNanos) {
        Entry<V> entry = table.peek(keys.encode(key));
        if (entry != null && seen.allows(entry, begunNanos, boundNanos)) {
            return entry.value();
        }
        counters.refused();
        return null;
    }

    /** The entry from the table if that has become possible, else from the store, which is asked once for all who wait. */
    CompletableFuture<Entry<V>> read(Bytes key) {
        return read(key, clock.nanos(), freshness.floor());
    }

    private CompletableFuture<Entry<V>> read(Bytes key, long beganNanos, long floor) {
        Load<V> load;
        boolean mine;
        lock.lock();
        try {
            Ended end = ended;
            if (end != null) {
                return CompletableFuture.failedFuture(end.exception());
            }
            Entry<V> entry = table.peek(key);
            if (entry != null && freshness.allows(entry, clock.nanos(), boundNanos)) {
                return CompletableFuture.completedFuture(entry);
            }
            load = loads.of(key);
            mine = load == null || beganNanos - load.startedNanos() > boundNanos;
            if (load == null || mine) {
                load = new Load<>(key, clock.nanos(), freshness.floor());
                loads.add(load);
            }
        } finally {
            lock.unlock();
        }
        if (mine) {
            start(load);
        }
        return load.result()
                .thenCompose(entry -> entry.revision() >= floor
                        ? CompletableFuture.completedFuture(entry)
                        : read(key, beganNanos, floor));
    }

    private void start(Load<V> load) {
        counters.load();
        CompletableFuture<Answer<Found>> answer;
        try {
            answer = loader.load(load.key());
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        var _ = answer.whenComplete((found, error) -> {
            try {
                load.result().complete(error == null ? loaded(load, found) : failed(load, error));
            } catch (Throwable e) { // an Error of the user's codec too: others wait
                counters.loadFailure();
                load.result().completeExceptionally(e);
            }
        });
    }

    private Entry<V> loaded(Load<V> load, Answer<Found> answer) {
        lock.lock();
        try {
            boolean current = loads.isCurrent(load, answer.revision());
            loads.remove(load);
            if (ended == null) {
                map.check(answer, load.floor()).ifPresent(this::end);
            }
            Ended end = ended;
            if (end != null) {
                throw end.exception();
            }
            Entry<V> entry = entries.entry(load.key(), answer.value().value(), answer.revision(),
                    load.startedNanos());
            freshness = freshness.withFloor(answer.value().mapRevision());
            if (current) {
                table.put(load.key(), entry);
            }
            return entry;
        } finally {
            lock.unlock();
        }
    }

    private Entry<V> failed(Load<V> load, Throwable error) {
        lock.lock();
        try {
            loads.remove(load);
            NestmapException failure = Ended.known(error);
            map.gone(failure).ifPresent(this::end);
            Ended end = ended;
            throw end == null ? failure : end.exception();
        } finally {
            lock.unlock();
        }
    }

    /** This client has written to the map. */
    void wrote(long revision) {
        lock.lock();
        try {
            freshness = freshness.withFloor(revision);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The watch brought changes, or a snapshot. Called in their order, by one thread. {@link NestmapException} with
     * UNAVAILABLE for a snapshot of before what is known: the member that sent it lags.
     */
    void apply(WatchEvent event) {
        List<MapChange> changes = map.changes(event);
        boolean touches = event.snapshot() || (event.coalesced() && !changes.isEmpty())
                || changes.stream()
                        .anyMatch(change -> !change.set().isEmpty() || !change.deleted().isEmpty());
        Freshness before = freshness;
        if (event.snapshot() && event.revision() < before.applied()) {
            throw NestmapException.of(Kind.UNAVAILABLE,
                    "the contents that came are those of revision %d, and %d was seen"
                            .formatted(event.revision(), before.applied()));
        }
        Table.Update.Kind kind = event.snapshot()
                ? Table.Update.Kind.CONTENTS
                : map.exactKeys() ? Table.Update.Kind.KEYS : Table.Update.Kind.ANY_KEY;
        long behind = event.coalesced() ? before.applied() : event.revision() - 1;
        Runnable update = touches
                ? table.prepare(changes, new Table.Update(kind, behind, event.revision(),
                        before.asOfNanos()))
                : () -> {};
        lock.lock();
        try {
            if (ended == null) {
                map.check(event, freshness.applied()).ifPresent(this::end);
            }
            if (ended != null) {
                return;
            }
            if (touches) {
                counters.change();
                freshness = freshness.withFloor(event.revision()); // before the table (I2)
                if (kind == Table.Update.Kind.KEYS && !event.coalesced()) {
                    loads.keysChanged(changes, event.revision());
                } else {
                    loads.anyKeyChanged(event.revision());
                }
                update.run();
            }
            freshness = freshness.withApplied(event.revision());
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The store was asked, and had come to this revision; ends where that is before what is known. */
    void reached(long revision) {
        lock.lock();
        try {
            if (ended == null) {
                map.check(revision, freshness.applied()).ifPresent(this::end);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A mark was answered that had been asked for at this time; all changes up to its revision were applied before. */
    void mark(long revision, long askedNanos) {
        counters.mark();
        lock.lock();
        try {
            if (ended == null) {
                freshness = freshness.withApplied(revision).withAsOf(askedNanos);
                progress.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Changes up to this revision will not come: whatever is older is dropped, and what is left is true at it. */
    void skipTo(long revision) {
        Runnable drop = table.prepare(List.of(), new Table.Update(Table.Update.Kind.ANY_KEY,
                freshness.applied(), revision, freshness.asOfNanos()));
        lock.lock();
        try {
            if (ended == null) {
                loads.anyKeyChanged(revision);
                drop.run();
                freshness = freshness.withApplied(revision);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * What all of the table gives at the revision that it has applied, as soon as that may be given out; {@link
     * Kind#UNAVAILABLE} where it may not be for so long.
     */
    <T> T whole(LongFunction<T> read, Duration patience) {
        Freshness seen = freshness;
        if (isNewEnough(seen)) {
            T all = read.apply(seen.applied());
            if (isUnchangedSince(seen)) {
                return all;
            }
        }
        return awaitWhole(read, patience);
    }

    private boolean isNewEnough(Freshness seen) {
        return seen.applied() >= seen.floor() && clock.nanos() - seen.asOfNanos() <= boundNanos;
    }

    /** A change replaces a freshness that is new enough before it touches the table (I2). */
    @SuppressWarnings("ReferenceEquality")
    private boolean isUnchangedSince(Freshness seen) {
        return freshness == seen;
    }

    private <T> T awaitWhole(LongFunction<T> read, Duration patience) {
        long leftNanos = patience.toNanos();
        lock.lock();
        try {
            while (true) {
                Ended end = ended;
                if (end != null) {
                    throw end.exception();
                }
                Freshness seen = freshness;
                if (isNewEnough(seen)) {
                    return read.apply(seen.applied());
                }
                if (leftNanos <= 0) {
                    throw NestmapException.of(Kind.UNAVAILABLE,
                            "mirror of %s: nothing new enough came within %d ms"
                                    .formatted(map.openedAs(), patience.toMillis()));
                }
                leftNanos = progress.awaitNanos(leftNanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw NestmapException.of(Kind.CANCELLED,
                    "mirror of %s: interrupted while waiting".formatted(map.openedAs()));
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is answered any more; the first reason stays. */
    void end(Ended reason) {
        lock.lock();
        try {
            if (ended == null) {
                ended = reason;
                freshness = Freshness.ended(neverNanos());
                progress.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Why nothing is answered any more; null while it is. */
    @Nullable
    Ended ended() {
        return ended;
    }

    Freshness freshness() {
        return freshness;
    }

    private long neverNanos() {
        return clock.nanos() - boundNanos - 1;
    }
}
