package dev.nestmap.model.tree;

/** A column that grows at its end and is taken away from its start. */
sealed interface ColumnWriter<T> permits PackedWriter, BytesWriter, ReferenceWriter {
    void add(T item);

    void addRange(Column<T> source, int from, int to);

    int sizeBytes(int index);

    /** Removes the first {@code count} items and gives them as a column. */
    Column<T> take(int count);
}
