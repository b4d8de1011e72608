package dev.nestmap.client.cache;

import dev.nestmap.client.typed.BpfMap;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.function.UnaryOperator;

/**
 * Elements of a map held near their readers: filled by what is asked for, kept true by a watch. Promises:
 *
 * <ul>
 * <li>an answer was right at some moment not longer before the read began than {@link CacheOptions#staleness} says; where
 * that cannot be shown (the watch is cut, late, or nobody leads) the store is asked, and the read fails if the store does
 * not answer: it never gets older;
 * <li>a read sees at least what every read that ended before it saw, and every write of this client, whichever object it
 * went through, that was acknowledged before;
 * <li>absent elements are held as well; readers that miss the same key together make one request.
 * </ul>
 *
 * <p>In an LPM_TRIE any change may change the answer to any lookup, so that each drops all that is held. Values are given
 * to many: those that can be changed must not be. Safe for many threads, virtual ones too. The caller closes it.
 */
public final class NearCache<K, V> implements AutoCloseable {
    private final BpfMap<K, V> map;
    private final CaffeineTable<K, V> table;
    private final LocalMap<K, V> local;

    private NearCache(BpfMap<K, V> map, CaffeineTable<K, V> table, LocalMap<K, V> local) {
        this.map = map;
        this.table = table;
        this.local = local;
    }

    /**
     * A cache of a map, empty. Asks the store for the map; {@link IllegalArgumentException} where its type has no lookups by
     * key. A map that was opened by its name is followed as long as it has that name: afterwards reads end with ENOENT, and
     * map and cache are to be opened again.
     */
    public static <K, V> NearCache<K, V> open(BpfMap<K, V> map, CacheOptions options) {
        return open(map, options, UnaryOperator.identity());
    }

    /** The same with something around the table: what tests break. */
    static <K, V> NearCache<K, V> open(BpfMap<K, V> map, CacheOptions options,
            UnaryOperator<Table<K, V>> around) {
        LocalMap.requireLookups(map, true);
        CaffeineTable<K, V> table = new CaffeineTable<>(options.limit(),
                map.keyCodec(), new Entries<>(map.valueCodec()), ForkJoinPool.commonPool());
        return new NearCache<>(map, table,
                LocalMap.open(map, around.apply(table), Follower.Start.NEWEST, options));
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

    /** What it has done so far. */
    public CacheStats stats() {
        return local.stats(table.evictions(), table.size());
    }

    /** Ends the watch; reads fail from then on. */
    @Override
    public void close() {
        local.close();
    }
}
