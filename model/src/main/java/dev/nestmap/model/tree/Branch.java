package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;

/** Nodes of one height, each with the least key below it. */
final class Branch<V> implements Node<V> {
    private final PackedColumn leastKeys;
    private final ReferenceColumn<Node<V>> children;
    private final int height;

    Branch(PackedColumn leastKeys, ReferenceColumn<Node<V>> children, int height) {
        this.leastKeys = leastKeys;
        this.children = children;
        this.height = height;
    }

    /** A branch for a {@link Cutter}, which writes its children as references. */
    static <V> Branch<V> of(PackedColumn leastKeys, Column<Node<V>> children) {
        return new Branch<>(leastKeys, (ReferenceColumn<Node<V>>) children,
                children.get(0).height() + 1);
    }

    @Override
    public PackedColumn keys() {
        return leastKeys;
    }

    @Override
    public ReferenceColumn<Node<V>> items() {
        return children;
    }

    @Override
    public int count() {
        return children.count();
    }

    @Override
    public int height() {
        return height;
    }

    Node<V> child(int index) {
        return children.get(index);
    }

    /** The one child that holds the key if any does, and the first for a key below all. */
    int childFor(Bytes key) {
        int found = leastKeys.search(key);
        return found >= 0 ? found : Math.max(0, -found - 2);
    }
}
