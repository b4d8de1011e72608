package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * How the leaves of a tree hold its values, and how many bytes of payload a value is: objects are
 * none.
 */
record ValueForm<V>(Supplier<ColumnWriter<V>> writers, ToIntFunction<V> sizes) {
    static ValueForm<Bytes> bytes() {
        return new ValueForm<>(BytesWriter::new, Bytes::size);
    }

    static <V> ValueForm<V> objects() {
        return new ValueForm<>(ReferenceWriter::new, object -> 0);
    }
}
