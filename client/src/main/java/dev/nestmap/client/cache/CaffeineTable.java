package dev.nestmap.client.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.nestmap.client.MapChange;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What was asked for, as much of it as there is room for. */
final class CaffeineTable<K, V> implements Table<K, V> {
    private final LongAdder evictions = new LongAdder();
    // Keys as slot() makes them.
    private final Cache<Object, Entry<V>> cache;
    private final Codec<K> keys;
    private final boolean shortKeys;
    private final Entries<V> entries;

    CaffeineTable(CacheOptions.Limit limit, Codec<K> keys, Entries<V> entries,
            Executor evictor) {
        // Without the statistics of Caffeine: with them a hit took about five times as long in our benchmark.
        Caffeine<Object, Object> builder = Caffeine.newBuilder()
                .executor(evictor)
                .evictionListener((key, entry, cause) -> evictions.increment());
        this.cache = switch (limit) {
            case CacheOptions.Limit.Entries(long most) -> builder.maximumSize(most).build();
            case CacheOptions.Limit.Bytes(long most) -> builder.maximumWeight(most)
                    .weigher((Object slot, Entry<V> entry) -> entry.weight())
                    .build();
        };
        this.keys = keys;
        this.shortKeys = keys.sizeBytes() <= Long.BYTES;
        this.entries = entries;
    }

    @Override
    @SuppressWarnings("NullableOptional") // as declared
    public @Nullable Optional<V> find(K key) {
        Entry<V> entry = cache.getIfPresent(slot(key));
        return entry == null ? null : entry.value();
    }

    @Override
    public @Nullable Entry<V> peek(Bytes key) {
        return cache.policy().getIfPresentQuietly(slot(key));
    }

    @Override
    public void put(Bytes key, Entry<V> entry) {
        cache.put(slot(key), entry);
    }

    @Override
    public Runnable prepare(List<MapChange> changes, Update update) {
        return switch (update.kind()) {
            case KEYS -> () -> {
                changes.forEach(change -> {
                    change.set().forEach(element -> replace(element, update));
                    change.deleted().forEach(key -> remove(key, update));
                });
                if (update.behind() < update.revision() - 1) {
                    dropReadBetween(update.behind(), update.revision());
                }
            };
            // What is held of the contents is asked for again when it is wanted.
            case ANY_KEY, CONTENTS -> () -> dropReadBetween(-1, update.revision());
        };
    }

    /** Both excluded. */
    private void dropReadBetween(long behind, long revision) {
        cache.asMap()
                .values()
                .removeIf(entry -> entry.revision() > behind && entry.revision() < revision);
    }

    /** Only what is held already: a key that nobody asks for needs no room. */
    private void replace(Element element, Update update) {
        cache.asMap()
                .computeIfPresent(slot(element.key()),
                        (slot, held) -> held.revision() >= update.revision()
                                ? held
                                : entry(element, update));
    }

    /** Null where the codec cannot read the value: whoever asks for it is told so. */
    private @Nullable Entry<V> entry(Element element, Update update) {
        try {
            return entries.entry(element.key(), element.value(), update.revision(),
                    update.asOfNanos());
        } catch (RuntimeException e) {
            return null;
        }
    }

    private void remove(Bytes key, Update update) {
        cache.asMap()
                .computeIfPresent(slot(key),
                        (slot, held) -> held.revision() >= update.revision() ? held : null);
    }

    /** What stands for a key: all keys have one size, and a short one is a number. */
    private Object slot(Bytes key) {
        return shortKeys ? key.head() : key;
    }

    private Object slot(K key) {
        if (!shortKeys) {
            return keys.encode(key);
        }
        long word = keys.word(key);
        // The caller's own object, if it is that number: one less to make, and found in the table by its identity.
        return key instanceof Long same && same == word ? same : Long.valueOf(word);
    }

    long evictions() {
        return evictions.sum();
    }

    long size() {
        return cache.estimatedSize();
    }
}
