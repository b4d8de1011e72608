package dev.nestmap.model.tree;

/** The keys or the values of one node, in order, immutable. */
sealed interface Column<T> permits PackedColumn, ReferenceColumn {
    int count();

    T get(int index);

    /** Bytes of payload: the length of a byte string, 0 for any other object. */
    int sizeBytes(int index);

    boolean holds(int index, Object value);

    /** How many items from the two indexes on are pairwise equal. */
    int commonRun(int index, Column<T> other, int otherIndex);

    /** This column with another item of the same size at an index. */
    Column<T> with(int index, T item);
}
