package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;

/** The keys or the values of one node, in order, immutable. */
sealed interface Column<T> permits PackedColumn, ReferenceColumn {
    int count();

    T get(int index);

    /** Length of a byte string; 0 for any other object. */
    int sizeBytes(int index);

    boolean holds(int index, T value);

    /** This column with another item of the same size at an index. */
    Column<T> with(int index, T item);

    static int sizeBytes(Object value) {
        return value instanceof Bytes bytes ? bytes.size() : 0;
    }
}
