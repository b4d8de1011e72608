package dev.nestmap.model.tree;

/**
 * A leaf with elements, or a branch with nodes of one height below it; never changed, shared by
 * many trees.
 */
sealed interface Node<V> permits Leaf, Branch {
    /** The keys of the elements, or the least key below each child; ascending. */
    PackedColumn keys();

    Column<?> items();

    int count();

    /** 0 for a leaf. */
    int height();
}
