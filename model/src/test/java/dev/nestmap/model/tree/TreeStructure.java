package dev.nestmap.model.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** What must hold for the nodes of every tree. */
final class TreeStructure {
    private long elements;
    private long payloadBytes;

    private TreeStructure() {}

    static void check(Tree<?> tree) {
        TreeStructure structure = new TreeStructure();
        Node<?> root = tree.root();
        structure.checkKeys(root);
        assertTrue(Weight.of(root) <= Weight.NODE_MAX, "the root is too heavy");
        if (root instanceof Branch<?> branch) {
            assertTrue(branch.count() > 1, "a root branch has one child");
            structure.checkChildren(branch);
        } else {
            structure.count(root);
        }
        assertEquals(structure.elements, tree.size(), "size");
        assertEquals(structure.payloadBytes, tree.payloadBytes(), "payload bytes");
    }

    /** Every node of a tree, by identity. */
    static Set<Node<?>> nodes(Tree<?> tree) {
        Set<Node<?>> nodes = Collections.newSetFromMap(new IdentityHashMap<>());
        collect(tree.root(), nodes);
        return nodes;
    }

    private static void collect(Node<?> node, Set<Node<?>> nodes) {
        nodes.add(node);
        if (node instanceof Branch<?> branch) {
            for (int i = 0; i < branch.count(); i++) {
                collect(branch.child(i), nodes);
            }
        }
    }

    private void checkChildren(Branch<?> branch) {
        for (int i = 0; i < branch.count(); i++) {
            Node<?> child = branch.child(i);
            assertEquals(branch.height() - 1, child.height(), "height of child " + i);
            int weight = Weight.of(child);
            assertTrue(weight >= Weight.NODE_MIN && weight <= Weight.NODE_MAX,
                    "child " + i + " weighs " + weight);
            assertEquals(branch.keys().get(i), child.keys().get(0), "least key of child " + i);
            if (i + 1 < branch.count()) {
                Bytes last = child.keys().get(child.count() - 1);
                assertTrue(branch.keys().compare(last, i + 1) < 0,
                        "child " + i + " reaches into the next");
            }
            checkKeys(child);
            if (child instanceof Branch<?> inner) {
                checkChildren(inner);
            } else {
                count(child);
            }
        }
    }

    private void checkKeys(Node<?> node) {
        assertEquals(node.keys().count(), node.items().count(), "keys and items of a node");
        for (int i = 1; i < node.count(); i++) {
            assertTrue(node.keys().compare(i - 1, node.keys(), i) < 0,
                    "keys of a node do not ascend at " + i);
        }
    }

    private void count(Node<?> leaf) {
        elements += leaf.count();
        for (int i = 0; i < leaf.count(); i++) {
            payloadBytes += leaf.keys().sizeBytes(i) + leaf.items().sizeBytes(i);
        }
    }
}
