package dev.nestmap.client.cache;

import dev.nestmap.client.Wait;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.Bytes;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * All elements of a map held here, for maps that are read often and all over. Promises what {@link NearCache} promises; and
 * {@link #view} gives all of the map at one revision. Until the contents have come, and where they are not new enough, the
 * store is asked. Safe for many threads, virtual ones too. The caller closes it.
 */
public final class Mirror<K, V> implements AutoCloseable {
    private final BpfMap<K, V> map;
    private final Codec<K> keys;
    private final TrieTable<V> table;
    private final LocalMap<V> local;
    private final Coherence<V> coherence;
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private Mirror(BpfMap<K, V> map, TrieTable<V> table, LocalMap<V> local) {
        this.map = map;
        this.keys = map.keyCodec();
        this.table = table;
        this.local = local;
        this.coherence = local.coherence();
    }

    /**
     * A mirror of a map; returns before the contents have come. {@link IllegalArgumentException} where the type has no
     * lookups by key, and for LPM_TRIE. The map's name as in {@link NearCache#open}.
     */
    public static <K, V> Mirror<K, V> open(BpfMap<K, V> map, CacheOptions options) {
        LocalMap.requireLookups(map, false);
        TrieTable<V> table = new TrieTable<>(map.description().spec(),
                new Entries<>(map.valueCodec()));
        return new Mirror<>(map, table, LocalMap.open(map, table, Follower.Start.CONTENTS,
                options.staleness(), options.maxEventBytes()));
    }

    /** The map itself, to write to and to read the newest from. */
    public BpfMap<K, V> map() {
        return map;
    }

    /** The value under a key; empty where there is none. Throws as {@link BpfMap} where the store must be asked. */
    public Optional<V> get(K key) {
        Bytes bytes = keys.encode(key);
        Entry<V> entry = hit(bytes);
        return entry == null ? Wait.on(coherence.read(bytes)).value() : entry.value();
    }

    /** The same without waiting; the future as in {@link dev.nestmap.client.typed.AsyncBpfMap}, done already on a hit. */
    public CompletableFuture<Optional<V>> getAsync(K key) {
        Bytes bytes = keys.encode(key);
        Entry<V> entry = hit(bytes);
        return entry == null
                ? coherence.read(bytes).thenApply(Entry::value)
                : CompletableFuture.completedFuture(entry.value());
    }

    /**
     * All of the map at one revision, under the same promises; waits until there is one that is new enough. {@link
     * dev.nestmap.client.NestmapException} with UNAVAILABLE where there is none for so long.
     */
    public MirrorView<K, V> view(Duration patience) {
        // There are contents: nothing is fresh before they came.
        return coherence.whole(revision -> new MirrorView<>(revision,
                Objects.requireNonNull(table.contents()), table, keys), patience);
    }

    /** What it has done so far. */
    public CacheStats stats() {
        HashTrie<?> contents = table.contents();
        return local.counters()
                .stats(hits.sum(), misses.sum(), 0, contents == null ? 0 : contents.size(),
                        local.staleNanos(), coherence.freshness().applied());
    }

    /** Ends the watch; reads fail from then on. Views stay good. */
    @Override
    public void close() {
        local.close();
    }

    private @Nullable Entry<V> hit(Bytes key) {
        Entry<V> entry = coherence.hit(key);
        (entry == null ? misses : hits).increment();
        return entry;
    }
}
