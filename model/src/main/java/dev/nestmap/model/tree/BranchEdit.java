package dev.nestmap.model.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The children of one branch, and the nodes that took the place of some. */
final class BranchEdit<V> {
    private final Branch<V> branch;
    private final ValueForm<V> form;
    /** Null where the child stays. */
    private final @Nullable List<Node<V>>[] edited;
    private boolean cutsStay = true;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    BranchEdit(Branch<V> branch, ValueForm<V> form) {
        this.branch = branch;
        this.form = form;
        this.edited = new List[branch.count()];
    }

    void replace(int index, List<Node<V>> nodes) {
        edited[index] = nodes;
        cutsStay &= nodes.size() == 1 && !Weight.isThin(nodes.getFirst())
                && branch.keys().compare(index, nodes.getFirst().keys(), 0) == 0;
    }

    List<Node<V>> finish() {
        return cutsStay ? List.of(new Branch<>(branch.keys(), children())) : recut();
    }

    private ReferenceColumn<Node<V>> children() {
        Object[] children = new Object[edited.length];
        for (int i = 0; i < children.length; i++) {
            List<Node<V>> nodes = edited[i];
            children[i] = nodes == null ? branch.child(i) : nodes.getFirst();
        }
        return new ReferenceColumn<>(children);
    }

    private List<Node<V>> recut() {
        Siblings<V> siblings = new Siblings<>(form);
        int done = 0;
        for (int i = 0; i < edited.length; i++) {
            List<Node<V>> nodes = edited[i];
            if (nodes != null) {
                siblings.addRange(branch, done, i);
                nodes.forEach(siblings::add);
                done = i + 1;
            }
        }
        siblings.addRange(branch, done, edited.length);
        return siblings.finish();
    }
}
