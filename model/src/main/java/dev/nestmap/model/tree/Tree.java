package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable map from byte strings to values, ordered by unsigned bytes: a B+tree whose edits
 * give a new tree that shares every untouched node with the old one. Free of locks: any number of
 * threads may read it. Two trees are equal where their contents are, whatever edits led there.
 */
public final class Tree<V> implements Iterable<Entry<V>> {
    private final ColumnForm<V> form;
    private final Node<V> root;
    private final long size;
    private final long payloadBytes;

    private Tree(ColumnForm<V> form, Node<V> root, long size, long payloadBytes) {
        this.form = form;
        this.root = root;
        this.size = size;
        this.payloadBytes = payloadBytes;
    }

    /**
     * An empty tree that packs keys and values into shared arrays; values above 256 bytes are held
     * by reference.
     */
    public static Tree<Bytes> ofBytes() {
        return new Tree<>(ColumnForm.bytes(), Leaf.empty(), 0, 0);
    }

    /**
     * An empty tree that holds its values by reference; they must be immutable, and are compared by
     * {@code equals}.
     */
    public static <V> Tree<V> ofObjects() {
        return new Tree<>(ColumnForm.objects(), Leaf.empty(), 0, 0);
    }

    /** The number of elements, at no cost. */
    public long size() {
        return size;
    }

    /** True where there is no element. */
    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * The sum of the lengths of all keys and, in a tree of byte strings, of all values; at no cost.
     */
    public long payloadBytes() {
        return payloadBytes;
    }

    /** The value of a key, or null if there is none; O(log n). */
    public @Nullable V get(Bytes key) {
        Node<V> node = root;
        while (node instanceof Branch<V> branch) {
            node = branch.child(branch.childFor(key));
        }
        int index = node.keys().search(key);
        return index < 0 ? null : ((Leaf<V>) node).items().get(index);
    }

    /** Whether there is an element with this key. */
    public boolean containsKey(Bytes key) {
        Node<V> node = root;
        while (node instanceof Branch<V> branch) {
            node = branch.child(branch.childFor(key));
        }
        return node.keys().search(key) >= 0;
    }

    /** The least key, or null if the tree is empty. */
    public @Nullable Bytes firstKey() {
        return isEmpty() ? null : root.keys().get(0);
    }

    /** The least key above the given one, or null if there is none. */
    public @Nullable Bytes higherKey(Bytes key) {
        Cursor<V> cursor = Cursor.at(root, key);
        cursor.openToElement();
        if (!cursor.isAtEnd() && cursor.isKey(key)) {
            cursor.skip(1);
            cursor.openToElement();
        }
        return cursor.isAtEnd() ? null : cursor.key();
    }

    /** All elements in the order of their keys, read as they are asked for. */
    @Override
    public Iterator<Entry<V>> iterator() {
        return new Entries<>(Cursor.atStart(root));
    }

    /** The elements from a key on, the key included, in order. */
    public Iterator<Entry<V>> iteratorFrom(Bytes inclusive) {
        return new Entries<>(Cursor.at(root, inclusive));
    }

    /** This tree with one key set. */
    public Tree<V> with(Bytes key, V value) {
        return edit(new Edits<>(key, value));
    }

    /** This tree without one key. */
    public Tree<V> without(Bytes key) {
        return edit(new Edits<>(key, null));
    }

    /**
     * This tree with every key of the map set to its value, or removed where the value is null.
     * Gives this very tree if nothing changes. Every affected node is rebuilt once, however many
     * edits fall into it.
     *
     * @throws IllegalArgumentException if the map has a comparator of its own
     */
    public Tree<V> edit(SortedMap<Bytes, ? extends @Nullable V> edits) {
        return edits.isEmpty() ? this : edit(new Edits<>(edits));
    }

    /** A mutable overlay of this tree, made at no cost. */
    public Draft<V> draft() {
        return new Draft<>(this);
    }

    /**
     * What must change to come from one tree to the other, in the order of keys, found as it is
     * asked for: O(m log n) for m changes between versions of a tree of n elements, O(n) for trees
     * without common history.
     */
    public static <V> Iterable<Change<V>> difference(Tree<V> before, Tree<V> after) {
        return () -> new Difference<>(before.root, after.root);
    }

    /**
     * The same of the keys from one on (itself included) and below another; null: no such bound. Costs what differs within.
     */
    public static <V> Iterable<Change<V>> difference(Tree<V> before, Tree<V> after,
            @Nullable Bytes from, @Nullable Bytes to) {
        return () -> new Difference<>(before.root, after.root, from, to);
    }

    /**
     * Whether both have the same keys with equal values; costs what is not shared, up to the first
     * difference.
     */
    public boolean sameContents(Tree<V> other) {
        return size == other.size && !new Difference<>(root, other.root).hasNext();
    }

    Node<V> root() {
        return root;
    }

    private Tree<V> edit(Edits<V> edits) {
        BulkEdit<V> edit = new BulkEdit<>(edits, form);
        Node<V> edited = edit.apply(root);
        return edited == root
                ? this
                : new Tree<>(form, edited, size + edit.addedElements(),
                        payloadBytes + edit.addedBytes());
    }

    @Override
    @SuppressWarnings("unchecked") // values of different types are merely unequal
    public boolean equals(Object other) {
        return other instanceof Tree<?> that && sameContents((Tree<V>) that);
    }

    /** Costs a walk over all elements. */
    @Override
    public int hashCode() {
        int hash = 0;
        for (Entry<V> entry : this) {
            hash = 31 * hash + entry.hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        return "Tree of " + size + " elements, " + payloadBytes + " bytes";
    }

    private record Entries<V>(Cursor<V> cursor) implements Iterator<Entry<V>> {
        @Override
        public boolean hasNext() {
            return !cursor.isAtEnd();
        }

        @Override
        public Entry<V> next() {
            cursor.openToElement();
            if (cursor.isAtEnd()) {
                throw new NoSuchElementException("no more elements");
            }
            Entry<V> entry = new Entry<>(cursor.key(), cursor.value());
            cursor.skip(1);
            return entry;
        }
    }
}
