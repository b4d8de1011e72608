package dev.nestmap.client.cache;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.typed.BpfMap;
import dev.nestmap.model.Bytes;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A near-cache that does all but one thing right: it does not bring changes of keys into its table. */
public final class BrokenCache {
    private BrokenCache() {}

    /** {@link NearCache#open}, broken. */
    public static <K, V> NearCache<K, V> open(BpfMap<K, V> map, CacheOptions options) {
        return NearCache.open(map, options, DroppingTable::new);
    }

    private record DroppingTable<K, V>(Table<K, V> table) implements Table<K, V> {
        @Override
        @SuppressWarnings("NullableOptional") // as in the table
        public @Nullable Optional<V> find(K key) {
            return table.find(key);
        }

        @Override
        public @Nullable Entry<V> peek(Bytes key) {
            return table.peek(key);
        }

        @Override
        public void put(Bytes key, Entry<V> entry) {
            table.put(key, entry);
        }

        @Override
        public Runnable prepare(List<MapChange> changes, Update update) {
            return update.kind() == Update.Kind.KEYS ? () -> {} : table.prepare(changes, update);
        }
    }
}
