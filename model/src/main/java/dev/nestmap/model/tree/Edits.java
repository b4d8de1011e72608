package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Keys to be set or, where the value is null, removed; ascending, each key once. */
final class Edits<V> {
    private final Bytes[] keys;
    private final @Nullable Object[] values;

    Edits(SortedMap<Bytes, ? extends @Nullable V> edits) {
        if (edits.comparator() != null) {
            throw new IllegalArgumentException(
                    "edits are ordered by " + edits.comparator()
                            + ", not by the order of byte strings");
        }
        keys = new Bytes[edits.size()];
        values = new @Nullable Object[keys.length];
        int count = 0;
        for (Map.Entry<Bytes, ? extends @Nullable V> edit : edits.entrySet()) {
            keys[count] = edit.getKey();
            values[count++] = edit.getValue();
        }
    }

    Edits(Bytes key, @Nullable V value) {
        keys = new Bytes[]{key};
        values = new @Nullable Object[]{value};
    }

    int count() {
        return keys.length;
    }

    Bytes key(int index) {
        return keys[index];
    }

    @SuppressWarnings("unchecked") // only values of V are put in
    @Nullable
    V value(int index) {
        return (V) values[index];
    }

    /**
     * The first edit in {@code [from, to)} whose key is not below the one at an index of the
     * column; {@code to} if none.
     */
    int firstNotBelow(PackedColumn column, int index, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (column.compare(keys[middle], index) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
