package dev.nestmap.client.cache;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** All of a map at one revision. Immutable; any number of threads may read it, for as long as they like. */
public final class MirrorView<K, V> {
    private final long revision;
    private final PageTable<Object> contents;
    private final MirrorTable<K, V> table;

    MirrorView(long revision, PageTable<Object> contents, MirrorTable<K, V> table) {
        this.revision = revision;
        this.contents = contents;
        this.table = table;
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
        return readable(key, table.find(contents, key));
    }

    /** Gives all elements, in no order; of an array those that were written. {@link IllegalArgumentException} as {@link #get}. */
    public void forEach(BiConsumer<? super K, ? super V> consumer) {
        table.forEach(contents, (key, found) -> readable(key, found)
                .ifPresent(value -> consumer.accept(key, value)));
    }

    @SuppressWarnings("NullableOptional") // as the table gives it
    private static <K, V> Optional<V> readable(K key, @Nullable Optional<V> found) {
        if (found == null) {
            throw new IllegalArgumentException("the codec cannot read the value of key " + key);
        }
        return found;
    }
}
