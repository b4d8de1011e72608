package dev.nestmap.client.cache;

import dev.nestmap.client.codec.Codec;
import dev.nestmap.model.Bytes;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** All of a map at one revision. Immutable; any number of threads may read it, for as long as they like. */
public final class MirrorView<K, V> {
    private final long revision;
    private final HashTrie<Object> contents;
    private final TrieTable<V> table;
    private final Codec<K> keys;

    MirrorView(long revision, HashTrie<Object> contents, TrieTable<V> table, Codec<K> keys) {
        this.revision = revision;
        this.contents = contents;
        this.table = table;
        this.keys = keys;
    }

    /** The revision at which the map was so. */
    public long revision() {
        return revision;
    }

    /** Elements held; of an array those that were written. */
    public int size() {
        return contents.size();
    }

    /** The value under a key; empty where there is none. {@link IllegalArgumentException} where the codec cannot read it. */
    public Optional<V> get(K key) {
        Bytes bytes = keys.encode(key);
        return readable(bytes, table.find(contents, bytes)).value();
    }

    /** Gives all elements, in no order; of an array those that were written. {@link IllegalArgumentException} as {@link #get}. */
    public void forEach(BiConsumer<? super K, ? super V> consumer) {
        contents.forEach((key, held) -> readable(key, table.readable(held)).value()
                .ifPresent(value -> consumer.accept(keys.decode(key), value)));
    }

    private static <V> Entry<V> readable(Bytes key,
            @Nullable Entry<V> entry) {
        if (entry == null) {
            throw new IllegalArgumentException("the codec cannot read the value of key " + key);
        }
        return entry;
    }
}
