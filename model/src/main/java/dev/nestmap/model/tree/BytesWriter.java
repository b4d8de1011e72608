package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the values of a tree of byte strings: packed where all of one node are small, else by
 * reference, so that an update next to a value of a megabyte copies a reference to it.
 */
final class BytesWriter implements ColumnWriter<Bytes> {
    private final PackedWriter small = new PackedWriter();
    /**
     * The large items, each with an empty one at its index in {@code small}; shorter than that
     * where the last are small.
     */
    private final List<@Nullable Bytes> large = new ArrayList<>(0);

    @Override
    public void add(Bytes item) {
        if (item.size() <= Weight.PACKED_VALUE_MAX_BYTES) {
            small.add(item);
            return;
        }
        while (large.size() < small.count()) {
            large.add(null);
        }
        large.add(item);
        small.add(Bytes.empty());
    }

    @Override
    public void addRange(Column<Bytes> source, int from, int to) {
        switch (source) {
            case PackedColumn packed -> small.addRange(packed, from, to);
            case ReferenceColumn<Bytes> references -> {
                for (int i = from; i < to; i++) {
                    add(references.get(i));
                }
            }
        }
    }

    @Override
    public int sizeBytes(int index) {
        Bytes item = largeAt(index);
        return item == null ? small.sizeBytes(index) : item.size();
    }

    @Override
    public Column<Bytes> take(int taken) {
        List<@Nullable Bytes> head = large.subList(0, Math.min(taken, large.size()));
        Column<Bytes> column = isAllNull(head) ? small.take(taken) : takeReferences(taken);
        head.clear();
        return column;
    }

    private ReferenceColumn<Bytes> takeReferences(int taken) {
        Object[] items = new Object[taken];
        for (int i = 0; i < taken; i++) {
            Bytes item = largeAt(i);
            items[i] = item == null ? small.get(i) : item;
        }
        small.take(taken);
        return ReferenceColumn.ofBytes(items);
    }

    private static boolean isAllNull(List<@Nullable Bytes> items) {
        for (Bytes item : items) {
            if (item != null) {
                return false;
            }
        }
        return true;
    }

    private @Nullable Bytes largeAt(int index) {
        return index < large.size() ? large.get(index) : null;
    }
}
