package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.ToIntFunction;

/** Objects, large byte strings among them, held by reference. */
final class ReferenceColumn<T> implements Column<T> {
    private final Object[] items;
    private final ToIntFunction<T> sizes;

    private ReferenceColumn(Object[] items, ToIntFunction<T> sizes) {
        this.items = items;
        this.sizes = sizes;
    }

    /**
     * Takes the array as it is; every element is a {@code T}. Their headers are not looked at,
     * which in a branch would be a cache miss each.
     */
    static <T> ReferenceColumn<T> ofObjects(Object[] items) {
        return new ReferenceColumn<>(items, object -> 0);
    }

    /** Takes the array as it is; every element is a byte string. */
    static ReferenceColumn<Bytes> ofBytes(Object[] items) {
        return new ReferenceColumn<>(items, Bytes::size);
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
        return sizes.applyAsInt(get(index));
    }

    @Override
    public boolean holds(int index, Object value) {
        return Objects.equals(items[index], value);
    }

    @Override
    public int commonRun(int index, Column<T> other, int otherIndex) {
        int limit = Math.min(count() - index, other.count() - otherIndex);
        int run = 0;
        while (run < limit && Objects.equals(items[index + run], other.get(otherIndex + run))) {
            run++;
        }
        return run;
    }

    @Override
    public ReferenceColumn<T> with(int index, T item) {
        Object[] updated = items.clone();
        updated[index] = item;
        return new ReferenceColumn<>(updated, sizes);
    }

    @Override
    public void copyTo(ByteBuffer target, int at, int strideBytes, int from, int to) {
        for (int i = from; i < to; i++) {
            ByteBuffer item = ((Bytes) items[i]).asByteBuffer();
            target.put(at + (i - from) * strideBytes, item, 0, item.remaining());
        }
    }

    @Override
    public boolean isAt(ByteBuffer other, int at, int strideBytes, int from, int to) {
        for (int i = from; i < to; i++) {
            ByteBuffer item = ((Bytes) items[i]).asByteBuffer();
            if (!item.equals(other.slice(at + (i - from) * strideBytes, item.remaining()))) {
                return false;
            }
        }
        return true;
    }

    Object[] toArray() {
        return items.clone();
    }

    void copyTo(Object[] target, int offset, int from, int to) {
        System.arraycopy(items, from, target, offset, to - from);
    }
}
