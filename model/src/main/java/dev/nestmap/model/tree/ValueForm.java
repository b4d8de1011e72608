package dev.nestmap.model.tree;

/** How the leaves of a tree hold its values. */
interface ValueForm<V> {
    ColumnWriter<V> writer();
}
