package dev.nestmap.model.tree;

import java.util.ArrayList;
import java.util.List;

/** The children of one branch, and the nodes that took the place of some. */
final class BranchEdit<V> {
    private final Branch<V> branch;
    private final ColumnForm<V> form;
    private final List<Replacement<V>> replacements = new ArrayList<>(2);
    private boolean cutsStay = true;

    BranchEdit(Branch<V> branch, ColumnForm<V> form) {
        this.branch = branch;
        this.form = form;
    }

    /** Takes the nodes in the place of a child behind all that were replaced before. */
    void replace(int index, List<Node<V>> nodes) {
        replacements.add(new Replacement<>(index, nodes));
        cutsStay &= nodes.size() == 1 && !Weight.isThin(nodes.getFirst())
                && branch.keys().compare(index, nodes.getFirst().keys(), 0) == 0;
    }

    /** The branches that take the place of the one; itself if no child was replaced. */
    List<Node<V>> finish() {
        if (replacements.isEmpty()) {
            return List.of(branch);
        }
        return cutsStay ? List.of(withSameCuts()) : recut();
    }

    private Branch<V> withSameCuts() {
        Object[] children = branch.items().toArray();
        for (Replacement<V> replacement : replacements) {
            children[replacement.index] = replacement.nodes.getFirst();
        }
        return new Branch<>(branch.keys(), ReferenceColumn.ofObjects(children), branch.height());
    }

    private List<Node<V>> recut() {
        Siblings<V> siblings = new Siblings<>(form);
        int done = 0;
        for (Replacement<V> replacement : replacements) {
            siblings.addRange(branch, done, replacement.index);
            replacement.nodes.forEach(siblings::add);
            done = replacement.index + 1;
        }
        siblings.addRange(branch, done, branch.count());
        return siblings.finish();
    }

    private record Replacement<V>(int index, List<Node<V>> nodes) {}
}
