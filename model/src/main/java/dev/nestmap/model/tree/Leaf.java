package dev.nestmap.model.tree;

/** Elements in the order of their keys. */
final class Leaf<V> implements Node<V> {
    private final PackedColumn keys;
    private final Column<V> values;

    Leaf(PackedColumn keys, Column<V> values) {
        this.keys = keys;
        this.values = values;
    }

    static <V> Leaf<V> empty() {
        return new Leaf<>(PackedColumn.of(new byte[0], new int[0]),
                ReferenceColumn.ofObjects(new Object[0]));
    }

    @Override
    public PackedColumn keys() {
        return keys;
    }

    @Override
    public Column<V> items() {
        return values;
    }

    @Override
    public int count() {
        return keys.count();
    }

    @Override
    public int height() {
        return 0;
    }
}
