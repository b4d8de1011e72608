package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.Wait;
import dev.nestmap.client.WriteListener;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.LookupKind;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * What a cache and a mirror have in common: reads by key from a table that is kept true to a map, and the threads and
 * listeners which that takes.
 */
@SuppressWarnings("NullableOptional") // as Table declares it
final class LocalMap<K, V> implements AutoCloseable {
    private final Codec<K> keys;
    private final Coherence<K, V> coherence;
    private final Counters counters;
    private final Follower follower;
    private final WriteListener.Registration ownWrites;

    private LocalMap(Codec<K> keys, Coherence<K, V> coherence, Counters counters, Follower follower,
            WriteListener.Registration ownWrites) {
        this.keys = keys;
        this.coherence = coherence;
        this.counters = counters;
        this.follower = follower;
        this.ownWrites = ownWrites;
    }

    static <K, V> LocalMap<K, V> open(BpfMap<K, V> map, Table<K, V> table, Follower.Start start,
            CacheOptions options) {
        NestmapClient client = map.client();
        Answer<MapDescription> now = client.map(map.openedAs()).describe();
        if (now.value().id() != map.description().id()) {
            throw NestmapException.refused(new Refusal(Errno.ENOENT,
                    "cache of %s: it is another map now, open it again".formatted(map.openedAs())));
        }
        MapIdentity identity = new MapIdentity(map.openedAs(), map.description(),
                now.origin().clusterId());
        Counters counters = new Counters();
        Coherence<K, V> coherence = new Coherence<>(identity, map.keyCodec(), table,
                new Entries<>(map.valueCodec()),
                key -> client.async().map(map.openedAs()).find(key), counters,
                options.staleness().toNanos(), CoarseClock.within(options.staleness()));
        Follower follower = new Follower(String.valueOf(map.openedAs()), coherence,
                new WatchFeed.OfClient(client, identity, options.maxEventBytes()), start,
                options.staleness(), System::nanoTime);
        WriteListener.Registration ownWrites = client.onWrite((maps, revision) -> {
            if (identity.mayBeIn(maps)) {
                coherence.wrote(revision);
            }
        });
        follower.start();
        return new LocalMap<>(map.keyCodec(), coherence, counters, follower, ownWrites);
    }

    /** Refuses types whose lookups are not of elements by key, or whose elements are not in the store. */
    static void requireLookups(BpfMap<?, ?> map, boolean prefixes) {
        MapSpec spec = map.description().spec();
        MapType type = spec.type();
        LookupKind kind = MapRules.lookupKind(spec);
        boolean fits = switch (kind) {
            case EXACT -> true;
            case LONGEST_PREFIX -> prefixes;
            case NONE -> false;
        };
        if (!fits) {
            throw new IllegalArgumentException(kind == LookupKind.LONGEST_PREFIX
                    ? "mirror of %s: a lookup in a map of type %s finds the longest prefix, which a mirror does not know; take a NearCache"
                            .formatted(map.openedAs(), type.word())
                    : "cache of %s: a map of type %s has no elements that the store looks up by key; read the map itself"
                            .formatted(map.openedAs(), type.word()));
        }
    }

    Optional<V> get(K key) {
        Counters.Seat seat = counters.seat();
        Optional<V> found = coherence.hit(key, seat.scratch());
        if (found == null) {
            return missed(key);
        }
        seat.hit();
        return found;
    }

    /** @param begunNanos when the read counts as begun, by {@link System#nanoTime} */
    Optional<V> get(K key, long begunNanos) {
        Optional<V> found = coherence.hitSince(key, begunNanos);
        if (found == null) {
            return missed(key);
        }
        counters.seat().hit();
        return found;
    }

    private Optional<V> missed(K key) {
        counters.miss();
        return Wait.on(coherence.read(keys.encode(key))).value();
    }

    CompletableFuture<Optional<V>> getAsync(K key) {
        Counters.Seat seat = counters.seat();
        Optional<V> found = coherence.hit(key, seat.scratch());
        if (found == null) {
            counters.miss();
            return coherence.read(keys.encode(key)).thenApply(Entry::value);
        }
        seat.hit();
        return CompletableFuture.completedFuture(found);
    }

    Coherence<K, V> coherence() {
        return coherence;
    }

    /** @param entries elements held now */
    CacheStats stats(long evictions, long entries) {
        Freshness now = coherence.freshness();
        return counters.stats(evictions, entries, System.nanoTime() - now.asOfNanos(),
                now.applied());
    }

    @Override
    public void close() {
        ownWrites.close();
        follower.close();
    }
}
