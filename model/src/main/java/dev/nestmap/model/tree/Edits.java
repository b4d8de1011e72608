package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Keys to be set or, where the value is null, removed; ascending, each key once. */
final class Edits<V> {
    private final List<Bytes> keys;
    private final List<@Nullable V> values;

    Edits(SortedMap<Bytes, @Nullable V> edits) {
        if (edits.comparator() != null) {
            throw new IllegalArgumentException("edits are ordered by " + edits.comparator()
                    + ", not by the order of byte strings");
        }
        this.keys = new ArrayList<>(edits.keySet());
        this.values = new ArrayList<>(edits.values());
    }

    Edits(Bytes key, @Nullable V value) {
        this.keys = List.of(key);
        this.values = new ArrayList<>(1);
        this.values.add(value);
    }

    int count() {
        return keys.size();
    }

    Bytes key(int index) {
        return keys.get(index);
    }

    @Nullable
    V value(int index) {
        return values.get(index);
    }

    /** The first edit in {@code [from, to)} whose key is not below the one at an index of the column; {@code to} if none. */
    int firstNotBelow(PackedColumn column, int index, int from, int to) {
        int low = from;
        int high = to;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (column.compare(keys.get(middle), index) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
