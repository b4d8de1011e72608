package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.WriteListener;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.LookupKind;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapType;
import java.time.Duration;

/** What a cache and a mirror have in common: a table that is kept true to a map, and the threads and listeners for it. */
final class LocalMap<V> implements AutoCloseable {
    private final Coherence<V> coherence;
    private final Counters counters;
    private final Follower follower;
    private final WriteListener.Registration ownWrites;

    private LocalMap(Coherence<V> coherence, Counters counters, Follower follower,
            WriteListener.Registration ownWrites) {
        this.coherence = coherence;
        this.counters = counters;
        this.follower = follower;
        this.ownWrites = ownWrites;
    }

    static <V> LocalMap<V> open(BpfMap<?, V> map, Table<V> table, Follower.Start start,
            Duration staleness, long maxEventBytes) {
        NestmapClient client = map.client();
        Answer<MapDescription> now = client.map(map.openedAs()).describe();
        if (now.value().id() != map.description().id()) {
            throw NestmapException.refused(new Refusal(Errno.ENOENT,
                    "cache of %s: it is another map now, open it again".formatted(map.openedAs())));
        }
        MapIdentity identity = new MapIdentity(map.openedAs(), map.description(),
                now.origin().clusterId());
        Counters counters = new Counters();
        Coherence<V> coherence = new Coherence<>(identity, table, new Entries<>(map.valueCodec()),
                key -> client.async().map(map.openedAs()).find(key), counters,
                staleness.toNanos(), System::nanoTime);
        Follower follower = new Follower(String.valueOf(map.openedAs()), coherence,
                new WatchFeed.OfClient(client, identity, maxEventBytes), start, staleness,
                System::nanoTime);
        WriteListener.Registration ownWrites = client.onWrite((maps, revision) -> {
            if (identity.mayBeIn(maps)) {
                coherence.wrote(revision);
            }
        });
        follower.start();
        return new LocalMap<>(coherence, counters, follower, ownWrites);
    }

    /** Refuses types whose lookups are not of elements by key, or whose elements are not in the store. */
    static void requireLookups(BpfMap<?, ?> map, boolean prefixes) {
        MapType type = map.description().spec().type();
        LookupKind kind = MapRules.lookupKind(type);
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

    Coherence<V> coherence() {
        return coherence;
    }

    Counters counters() {
        return counters;
    }

    long staleNanos() {
        return System.nanoTime() - coherence.freshness().asOfNanos();
    }

    @Override
    public void close() {
        ownWrites.close();
        follower.close();
    }
}
