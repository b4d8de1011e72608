package dev.nestmap.client.cache;

import dev.nestmap.client.typed.BpfMap;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * All elements of a map held here, for maps that are read often and all over. Promises what {@link NearCache} promises; and
 * {@link #view} gives all of the map at one revision. Until the contents have come, and where they are not new enough, the
 * store is asked. Safe for many threads, virtual ones too. The caller closes it.
 */
public final class Mirror<K, V> implements AutoCloseable {
    private final BpfMap<K, V> map;
    private final MirrorTable<K, V> table;
    private final LocalMap<K, V> local;

    private Mirror(BpfMap<K, V> map, MirrorTable<K, V> table, LocalMap<K, V> local) {
        this.map = map;
        this.table = table;
        this.local = local;
    }

    /**
     * A mirror of a map; returns before the contents have come. {@link IllegalArgumentException} where the type has no
     * lookups by key, and for LPM_TRIE. The map's name as in {@link NearCache#open}.
     */
    public static <K, V> Mirror<K, V> open(BpfMap<K, V> map, CacheOptions options) {
        LocalMap.requireLookups(map, false);
        MirrorTable<K, V> table = new MirrorTable<>(map.description().spec(),
                map.keyCodec(), new Entries<>(map.valueCodec()));
        return new Mirror<>(map, table,
                LocalMap.open(map, table, Follower.Start.CONTENTS, options));
    }

    /** The map itself, to write to and to read the newest from. */
    public BpfMap<K, V> map() {
        return map;
    }

    /** The value under a key; empty where there is none. Throws as {@link BpfMap} where the store must be asked. */
    public Optional<V> get(K key) {
        return local.get(key);
    }

    /** Reads that count as begun now and look at the clock no more: for one piece of work with many of them. */
    public Reads<K, V> reads() {
        return new Reads<>(local, System.nanoTime());
    }

    /** The same without waiting; the future as in {@link dev.nestmap.client.typed.AsyncBpfMap}, done already on a hit. */
    public CompletableFuture<Optional<V>> getAsync(K key) {
        return local.getAsync(key);
    }

    /**
     * All of the map at one revision, under the same promises; waits until there is one that is new enough. {@link
     * dev.nestmap.client.NestmapException} with UNAVAILABLE where there is none for so long. Costs about as much as one
     * {@link #get}, whatever the size; lookups in what it gives cost less, as they need not look at the clock.
     */
    public MirrorView<K, V> view(Duration patience) {
        // There are contents: nothing is fresh before they came.
        return local.coherence()
                .whole(revision -> new MirrorView<>(revision,
                        Objects.requireNonNull(table.contents()), table), patience);
    }

    /** What it has done so far. */
    public CacheStats stats() {
        PageTable<?> contents = table.contents();
        return local.stats(0, contents == null ? 0 : contents.size());
    }

    /** Ends the watch; reads fail from then on. Views stay good. */
    @Override
    public void close() {
        local.close();
    }
}
