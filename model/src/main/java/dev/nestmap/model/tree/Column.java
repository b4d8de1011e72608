package dev.nestmap.model.tree;

import java.nio.ByteBuffer;

/** The keys or the values of one node, in order, immutable. */
sealed interface Column<T> permits PackedColumn, ReferenceColumn {
    int count();

    T get(int index);

    /** Bytes of payload: the length of a byte string, 0 for any other object. */
    int sizeBytes(int index);

    boolean holds(int index, Object value);

    /** How many items from the two indexes on are pairwise equal. */
    int commonRun(int index, Column<T> other, int otherIndex);

    /**
     * Copies byte strings of one size.
     *
     * @param strideBytes from where one begins in the target to where the next does
     */
    void copyTo(ByteBuffer target, int at, int strideBytes, int from, int to);

    /** Whether byte strings of one size are there as {@link #copyTo} would copy them. */
    boolean isAt(ByteBuffer other, int at, int strideBytes, int from, int to);

    /** This column with another item of the same size at an index. */
    Column<T> with(int index, T item);
}
