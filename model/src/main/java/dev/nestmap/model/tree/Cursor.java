package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A place in a tree, moved forward only. It stands before an entry of a node: an element of a leaf,
 * or a child of a branch that may be opened or skipped whole.
 */
final class Cursor<V> {
    private final Node<V>[] path;
    private final int[] indexes;
    /** -1 at the end of the tree. */
    private int depth;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    private Cursor(Node<V> root) {
        path = new Node[root.height() + 1];
        indexes = new int[path.length];
        path[0] = root;
    }

    /** Before the first entry of the root. */
    static <V> Cursor<V> atStart(Node<V> root) {
        Cursor<V> cursor = new Cursor<>(root);
        cursor.climb();
        return cursor;
    }

    /** Before the first element whose key is not below the given one. */
    static <V> Cursor<V> at(Node<V> root, Bytes key) {
        Cursor<V> cursor = new Cursor<>(root);
        while (cursor.path[cursor.depth] instanceof Branch<V> branch) {
            cursor.indexes[cursor.depth] = branch.childFor(key);
            cursor.push();
        }
        int found = cursor.keys().search(key);
        cursor.indexes[cursor.depth] = found >= 0 ? found : -found - 1;
        cursor.climb();
        return cursor;
    }

    boolean isAtEnd() {
        return depth < 0;
    }

    boolean isAtElement() {
        return path[depth] instanceof Leaf<V>;
    }

    /** The height of the node ahead; -1 for an element. */
    int height() {
        return path[depth].height() - 1;
    }

    /** The key of the element ahead, or the least below the node ahead. */
    Bytes key() {
        return keys().get(indexes[depth]);
    }

    boolean isKey(Bytes key) {
        return keys().compare(key, indexes[depth]) == 0;
    }

    /** Whether the key ahead (the least below the node ahead) is below another. */
    boolean isBelow(Bytes key) {
        return keys().compare(key, indexes[depth]) > 0;
    }

    int compareKey(Cursor<V> other) {
        return keys().compare(indexes[depth], other.keys(), other.indexes[other.depth]);
    }

    /** The value of the element ahead. */
    V value() {
        if (path[depth] instanceof Leaf<V> leaf) {
            return leaf.items().get(indexes[depth]);
        }
        throw new IllegalStateException("the cursor is before a node, not an element");
    }

    /** The leaf with the element ahead. */
    Leaf<V> leaf() {
        if (path[depth] instanceof Leaf<V> leaf) {
            return leaf;
        }
        throw new IllegalStateException("the cursor is before a node, not an element");
    }

    /** The branch of which the leaf with the element ahead is the first child; null where that is another, or the root. */
    @Nullable
    Branch<V> enteredBranch() {
        return depth > 0 && indexes[depth - 1] == 0 && path[depth - 1] instanceof Branch<V> branch
                ? branch
                : null;
    }

    void copyKey(ByteBuffer target, int at) {
        keys().copyTo(target, at, indexes[depth], indexes[depth] + 1);
    }

    /** Bytes of the value of the element ahead, a byte string. */
    int valueSizeBytes() {
        return leaf().items().sizeBytes(indexes[depth]);
    }

    /** Copies the value of the element ahead, a byte string. */
    void copyValue(ByteBuffer target, int at) {
        leaf().items().copyTo(target, at, 0, indexes[depth], indexes[depth] + 1);
    }

    /**
     * How many entries ahead, within one node of each, are pairwise equal to those ahead of a
     * cursor at the same height.
     */
    int commonRun(Cursor<V> other) {
        int index = indexes[depth];
        int otherIndex = other.indexes[other.depth];
        int keyRun = keys().commonRun(index, other.keys(), otherIndex);
        int itemRun = switch (path[depth]) {
            case Leaf<V> leaf when other.path[other.depth] instanceof Leaf<V> otherLeaf ->
                leaf.items().commonRun(index, otherLeaf.items(), otherIndex);
            case Branch<V> branch when other.path[other.depth] instanceof Branch<V> otherBranch ->
                branch.items().commonRun(index, otherBranch.items(), otherIndex);
            default -> 0;
        };
        return Math.min(keyRun, itemRun);
    }

    /** The node ahead. */
    Node<V> node() {
        if (path[depth] instanceof Branch<V> branch) {
            return branch.child(indexes[depth]);
        }
        throw new IllegalStateException("the cursor is before an element, not a node");
    }

    /** Goes into the node ahead, before its first entry. */
    void open() {
        push();
    }

    /** Opens nodes until an element is ahead or the end is reached. */
    void openToElement() {
        while (!isAtEnd() && !isAtElement()) {
            push();
        }
    }

    /** Goes past as many elements or whole nodes ahead, all of them in one node. */
    void skip(int count) {
        indexes[depth] += count;
        climb();
    }

    private PackedColumn keys() {
        return path[depth].keys();
    }

    private void push() {
        Node<V> child = node();
        depth++;
        path[depth] = child;
        indexes[depth] = 0;
    }

    private void climb() {
        while (depth >= 0 && indexes[depth] == path[depth].count()) {
            depth--;
            if (depth >= 0) {
                indexes[depth]++;
            }
        }
    }
}
