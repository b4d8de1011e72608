package dev.nestmap.model.tree;

/** Objects held by reference. */
final class ReferenceColumn<T> implements Column<T> {
    private final Object[] items;

    /** Takes the array as it is; every element is a {@code T}. */
    ReferenceColumn(Object[] items) {
        this.items = items;
    }

    @Override
    public int count() {
        return items.length;
    }

    @Override
    @SuppressWarnings("unchecked") // only objects of T are put in
    public T get(int index) {
        return (T) items[index];
    }

    @Override
    public int sizeBytes(int index) {
        return Column.sizeBytes(items[index]);
    }

    @Override
    public boolean holds(int index, T value) {
        return items[index].equals(value);
    }

    @Override
    public ReferenceColumn<T> with(int index, T item) {
        Object[] updated = items.clone();
        updated[index] = item;
        return new ReferenceColumn<>(updated);
    }

    void copyTo(Object[] target, int offset, int from, int to) {
        System.arraycopy(items, from, target, offset, to - from);
    }
}
