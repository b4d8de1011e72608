package dev.nestmap.model.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects nodes of one height in order, joins thin ones with a neighbour, and cuts the rest into
 * branches.
 */
final class Siblings<V> {
    private final ColumnForm<V> form;
    private final Cutter<Node<V>, Node<V>> cutter = new Cutter<>(new ReferenceWriter<>(),
            Branch::of);
    /** The newest node, held back because it may have to be joined with the next. */
    private @Nullable Node<V> last;
    private boolean lastIsThin;

    Siblings(ColumnForm<V> form) {
        this.form = form;
    }

    /** Adds a node that may be thin. */
    void add(Node<V> node) {
        Node<V> left = last;
        boolean thin = Weight.isThin(node);
        if (left == null || !(lastIsThin || thin)) {
            push(node, thin);
            return;
        }
        last = null;
        for (Node<V> joined : join(left, node)) {
            push(joined, Weight.isThin(joined));
        }
    }

    /** Adds children of a branch that has several, none of them thin therefore. */
    void addRange(Branch<V> branch, int from, int to) {
        int next = from;
        while (next < to && lastIsThin) {
            add(branch.child(next++));
        }
        if (next < to) {
            flush();
            cutter.addRange(branch.keys(), branch.items(), next, to - 1);
            last = branch.child(to - 1);
        }
    }

    List<Node<V>> finish() {
        flush();
        return cutter.finish();
    }

    private void push(Node<V> node, boolean thin) {
        flush();
        last = node;
        lastIsThin = thin;
    }

    private void flush() {
        if (last != null) {
            cutter.add(last.keys().get(0), last);
            last = null;
            lastIsThin = false;
        }
    }

    private List<Node<V>> join(Node<V> left, Node<V> right) {
        if (left instanceof Leaf<V> leftLeaf && right instanceof Leaf<V> rightLeaf) {
            Cutter<V, Node<V>> leaves = new Cutter<>(form.writers().get(), Leaf::new);
            leaves.addRange(leftLeaf.keys(), leftLeaf.items(), 0, leftLeaf.count());
            leaves.addRange(rightLeaf.keys(), rightLeaf.items(), 0, rightLeaf.count());
            return leaves.finish();
        }
        Siblings<V> children = new Siblings<>(form);
        children.addChildren((Branch<V>) left);
        children.addChildren((Branch<V>) right);
        return children.finish();
    }

    private void addChildren(Branch<V> branch) {
        if (branch.count() == 1) {
            add(branch.child(0));
        } else {
            addRange(branch, 0, branch.count());
        }
    }
}
