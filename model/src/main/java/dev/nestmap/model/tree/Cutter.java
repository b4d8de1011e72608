package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Cuts a sequence of entries into nodes of legal weight while it is written. What is pending is let
 * grow to one and a half nodes, then the fullest node that is legal is cut from its start; the end
 * is cut in one or in two equal parts. As no entry weighs more than an eighth of a node, every node
 * weighs at least {@link Weight#NODE_MIN}, unless the whole sequence weighs less. Entries that
 * arrive in order thus leave full nodes behind them.
 */
final class Cutter<T, N> {
    private static final int PENDING_MAX = Weight.NODE_MAX + Weight.NODE_MAX / 2;

    private final PackedWriter keys = new PackedWriter();
    private final ColumnWriter<T> items;
    private final BiFunction<PackedColumn, Column<T>, N> node;
    private final List<N> nodes = new ArrayList<>(2);
    private int pendingWeight;

    Cutter(ColumnWriter<T> items, BiFunction<PackedColumn, Column<T>, N> node) {
        this.items = items;
        this.node = node;
    }

    void add(Bytes key, T item) {
        keys.add(key);
        items.add(item);
        weigh(1);
    }

    void addRange(PackedColumn sourceKeys, Column<T> sourceItems, int from, int to) {
        keys.addRange(sourceKeys, from, to);
        items.addRange(sourceItems, from, to);
        weigh(to - from);
    }

    List<N> finish() {
        if (pendingWeight > Weight.NODE_MAX) {
            cut(pendingWeight / 2);
        }
        if (keys.count() > 0) {
            cut(pendingWeight);
        }
        return nodes;
    }

    private void weigh(int added) {
        for (int i = keys.count() - added; i < keys.count(); i++) {
            pendingWeight += weight(i);
        }
        while (pendingWeight > PENDING_MAX) {
            cut(Weight.NODE_MAX);
        }
    }

    /** Cuts off the longest start that weighs no more than the limit. */
    private void cut(int limit) {
        int count = 0;
        int weight = 0;
        while (count < keys.count() && weight + weight(count) <= limit) {
            weight += weight(count++);
        }
        nodes.add(node.apply(keys.take(count), items.take(count)));
        pendingWeight -= weight;
    }

    private int weight(int index) {
        return Weight.of(keys.sizeBytes(index), items.sizeBytes(index));
    }
}
