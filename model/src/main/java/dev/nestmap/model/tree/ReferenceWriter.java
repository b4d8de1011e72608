package dev.nestmap.model.tree;

import java.util.Arrays;

/** Writes columns of objects. */
final class ReferenceWriter<T> implements ColumnWriter<T> {
    private Object[] items = new Object[64];
    private int count;

    @Override
    public void add(T item) {
        reserve(1);
        items[count++] = item;
    }

    @Override
    public void addRange(Column<T> source, int from, int to) {
        reserve(to - from);
        switch (source) {
            case ReferenceColumn<T> references -> references.copyTo(items, count, from, to);
            case PackedColumn packed ->
                throw new IllegalStateException("packed values in a tree of objects");
        }
        count += to - from;
    }

    @Override
    public int sizeBytes(int index) {
        return 0;
    }

    @Override
    public ReferenceColumn<T> take(int taken) {
        ReferenceColumn<T> column = ReferenceColumn.ofObjects(Arrays.copyOf(items, taken));
        System.arraycopy(items, taken, items, 0, count - taken);
        count -= taken;
        return column;
    }

    private void reserve(int more) {
        if (count + more > items.length) {
            items = Arrays.copyOf(items, 2 * (count + more));
        }
    }
}
