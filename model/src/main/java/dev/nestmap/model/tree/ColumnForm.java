package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * How the leaves of a tree hold its values, and how many bytes of payload a value is: objects are
 * none.
 */
record ColumnForm<V>(Supplier<ColumnWriter<V>> writers, ToIntFunction<V> sizes) {
    static ColumnForm<Bytes> bytes() {
        return new ColumnForm<>(BytesWriter::new, Bytes::size);
    }

    static <V> ColumnForm<V> objects() {
        return new ColumnForm<>(ReferenceWriter::new, object -> 0);
    }
}
