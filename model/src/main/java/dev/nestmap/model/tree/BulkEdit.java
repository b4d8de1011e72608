package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * One pass down the tree for any number of sorted edits (compare the batch updates of Blelloch,
 * Ferizovic and Sun, "Just Join for Parallel Ordered Sets", SPAA 2016; here on wide nodes, with a
 * re-cut in the place of a rotation).
 *
 *   leaf:    merge the edits into the entries, cut the result into leaves of legal weight;
 *   branch:  give each child its share of the edits, put what came back in its place; where that
 *            moves a cut, join a thin node with the one beside it and cut the result into branches;
 *   root:    add branches on top until one node is left, or drop branches with a single child.
 *
 * A node that its edits leave as it was comes back itself, and so on up: edits that change nothing
 * give the same root. A node is rebuilt once for all its edits, and once more if it or its
 * neighbour became thin. For m edits that is O(min(m, nodes) * height) nodes of at most 64 entries
 * and about 4 KiB; for m = 1, one path.
 *
 * A thin node (less than a quarter full) comes out of a pass only alone: as all that is left of
 * its siblings. Its parent is then thin too, and so on up to where there is a neighbour to join
 * with, or to the root.
 */
/** One application of sorted edits to one tree: used once. */
final class BulkEdit<V> {
    private final Edits<V> edits;
    private final ColumnForm<V> form;
    private long addedElements;
    private long addedBytes;

    BulkEdit(Edits<V> edits, ColumnForm<V> form) {
        this.edits = edits;
        this.form = form;
    }

    long addedElements() {
        return addedElements;
    }

    long addedBytes() {
        return addedBytes;
    }

    /** The root of the edited tree: {@code root} itself if no edit changes anything. */
    Node<V> apply(Node<V> root) {
        List<Node<V>> nodes = edit(root, 0, edits.count());
        while (nodes.size() > 1) {
            Siblings<V> level = new Siblings<>(form);
            nodes.forEach(level::add);
            nodes = level.finish();
        }
        if (nodes.isEmpty()) {
            return Leaf.empty();
        }
        Node<V> top = nodes.getFirst();
        while (top instanceof Branch<V> branch && branch.count() == 1) {
            top = branch.child(0);
        }
        return top;
    }

    private List<Node<V>> edit(Node<V> node, int from, int to) {
        return switch (node) {
            case Leaf<V> leaf -> editLeaf(leaf, from, to);
            case Branch<V> branch -> editBranch(branch, from, to);
        };
    }

    private List<Node<V>> editBranch(Branch<V> branch, int from, int to) {
        BranchEdit<V> result = new BranchEdit<>(branch, form);
        int edit = from;
        while (edit < to) {
            int index = branch.childFor(edits.key(edit));
            int end = index + 1 == branch.count()
                    ? to
                    : edits.firstNotBelow(branch.keys(), index + 1, edit + 1, to);
            Node<V> child = branch.child(index);
            List<Node<V>> edited = edit(child, edit, end);
            if (edited.size() != 1 || edited.getFirst() != child) {
                result.replace(index, edited);
            }
            edit = end;
        }
        return result.finish();
    }

    private List<Node<V>> editLeaf(Leaf<V> leaf, int from, int to) {
        if (to - from == 1) {
            Leaf<V> updated = withSameKeys(leaf, edits.key(from), edits.value(from));
            if (updated != null) {
                return List.of(updated);
            }
        }
        Cutter<V, Node<V>> cutter = null;
        int done = 0;
        for (int edit = from; edit < to; edit++) {
            Bytes key = edits.key(edit);
            V value = edits.value(edit);
            int found = leaf.keys().search(key);
            if (changes(leaf, found, value)) {
                if (cutter == null) {
                    cutter = new Cutter<>(form.writers().get(), Leaf::new);
                }
                int index = found >= 0 ? found : -found - 1;
                cutter.addRange(leaf.keys(), leaf.items(), done, index);
                done = found >= 0 ? index + 1 : index;
                if (value != null) {
                    cutter.add(key, value);
                }
                account(leaf, found, key, value);
            }
        }
        if (cutter == null) {
            return List.of(leaf);
        }
        cutter.addRange(leaf.keys(), leaf.items(), done, leaf.count());
        return cutter.finish();
    }

    /**
     * Shares the keys where a value takes the place of one of its size, as every update of a map of
     * fixed width does; else null.
     */
    private @Nullable Leaf<V> withSameKeys(Leaf<V> leaf, Bytes key, @Nullable V value) {
        int found = leaf.keys().search(key);
        if (value == null || found < 0
                || leaf.items().sizeBytes(found) != form.sizes().applyAsInt(value)) {
            return null;
        }
        return leaf.items().holds(found, value)
                ? leaf
                : new Leaf<>(leaf.keys(), leaf.items().with(found, value));
    }

    private static <V> boolean changes(Leaf<V> leaf, int found, @Nullable V value) {
        if (value == null) {
            return found >= 0;
        }
        return found < 0 || !leaf.items().holds(found, value);
    }

    private void account(Leaf<V> leaf, int found, Bytes key, @Nullable V value) {
        if (found >= 0) {
            addedElements--;
            addedBytes -= key.size() + leaf.items().sizeBytes(found);
        }
        if (value != null) {
            addedElements++;
            addedBytes += key.size() + form.sizes().applyAsInt(value);
        }
    }
}
