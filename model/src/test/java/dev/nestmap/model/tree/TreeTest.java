package dev.nestmap.model.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.util.Comparator;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TreeTest {
    /** Keys 0 to {@code count - 1} in order, each with its number as the value. */
    static Tree<Bytes> numbered(int count) {
        TreeMap<Bytes, @Nullable Bytes> elements = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            elements.put(Bytes.u64be(i), Bytes.u64le(i));
        }
        return Tree.ofBytes().edit(elements);
    }

    @Test
    void anEmptyTreeHasNothingToRead() {
        Tree<Bytes> tree = Tree.ofBytes();
        assertTrue(tree.isEmpty());
        assertNull(tree.firstKey());
        assertNull(tree.get(Bytes.empty()));
        assertNull(tree.higherKey(Bytes.empty()));
        assertFalse(tree.iterator().hasNext());
        assertThrows(NoSuchElementException.class, tree.iterator()::next);
        assertSame(tree, tree.without(Bytes.empty()));
        assertSame(tree, tree.edit(new TreeMap<>()));
    }

    @Test
    void theEmptyKeyWithTheEmptyValueIsAnElement() {
        Tree<Bytes> tree = Tree.ofBytes().with(Bytes.empty(), Bytes.empty());
        assertEquals(1, tree.size());
        assertEquals(0, tree.payloadBytes());
        assertEquals(Bytes.empty(), tree.get(Bytes.empty()));
        assertEquals(Bytes.empty(), tree.firstKey());
        assertNull(tree.higherKey(Bytes.empty()));
        TreeStructure.check(tree);
    }

    @Test
    void keysAreInUnsignedOrder() {
        Tree<String> tree = Tree.<String>ofObjects()
                .with(Bytes.of(0x80), "high")
                .with(Bytes.of(0x7f), "low");
        Iterator<Entry<String>> entries = tree.iterator();
        assertEquals(new Entry<>(Bytes.of(0x7f), "low"), entries.next());
        assertEquals(new Entry<>(Bytes.of(0x80), "high"), entries.next());
    }

    @Test
    void setToWhatItIsAKeyChangesNothing() {
        Tree<Bytes> tree = numbered(10_000);
        assertSame(tree, tree.with(Bytes.u64be(77), Bytes.u64le(77)));
        assertSame(tree, tree.without(Bytes.u64be(10_000)));
        assertNotEquals(tree, tree.with(Bytes.u64be(77), Bytes.u64le(78)));
    }

    @Test
    void elementsLoadedInOneBatchFillTheirLeaves() {
        long nodes = TreeStructure.nodes(numbered(64_000)).size();
        assertTrue(nodes <= 1_000 + 20, () -> nodes + " nodes");
    }

    @Test
    void oneUpdateReplacesOnePath() {
        Tree<Bytes> before = numbered(100_000);
        Tree<Bytes> after = before.with(Bytes.u64be(50_000), Bytes.u64le(1));
        var fresh = TreeStructure.nodes(after);
        fresh.removeAll(TreeStructure.nodes(before));
        assertEquals(after.root().height() + 1, fresh.size());
    }

    @Test
    void anUpdateBesideLargeValuesHoldsThemByReference() {
        Bytes megabyte = Bytes.zeros(1 << 20);
        Tree<Bytes> tree = Tree.ofBytes();
        for (int i = 0; i < 100; i++) {
            tree = tree.with(Bytes.u32be(i), megabyte);
        }
        tree = tree.with(Bytes.u32be(50), Bytes.of(1));
        TreeStructure.check(tree);
        assertSame(megabyte, tree.get(Bytes.u32be(49)));
        assertEquals(Bytes.of(1), tree.get(Bytes.u32be(50)));
        assertEquals(99L * (1 << 20) + 1 + 400, tree.payloadBytes());
    }

    @Test
    void theDifferenceOfVersionsOpensOnlyWhatTheyDoNotShare() {
        Tree<Bytes> before = numbered(100_000);
        Random random = new Random(11);
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        while (edits.size() < 10) {
            int number = random.nextInt(100_000);
            edits.put(Bytes.u64be(number), edits.size() % 2 == 0 ? null : Bytes.of(1));
        }
        Tree<Bytes> after = before.edit(edits);
        assertEquals(10, drain(new Difference<>(before.root(), after.root())));
        // Ten paths below the root, in both trees.
        Difference<Bytes> difference = new Difference<>(before.root(), after.root());
        drain(difference);
        assertTrue(difference.openedNodes() <= 2L * 10 * before.root().height(),
                () -> difference.openedNodes() + " nodes opened, seed 11");
    }

    @Test
    void theDifferenceOfARangeOpensNothingOutsideOfIt() {
        Tree<Bytes> before = numbered(100_000);
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>();
        for (int i = 0; i < 100_000; i += 3) {
            if (i < 40_000 || i > 41_000) {
                edits.put(Bytes.u64be(i), Bytes.of(1));
            }
        }
        edits.put(Bytes.u64be(40_500), null);
        Difference<Bytes> difference = new Difference<>(before.root(), before.edit(edits).root(),
                Bytes.u64be(40_100), Bytes.u64be(40_900));
        assertEquals(Bytes.u64be(40_500), difference.next().key());
        assertFalse(difference.hasNext());
        assertTrue(difference.openedNodes() <= 2L * (before.root().height() + 1),
                () -> difference.openedNodes() + " nodes opened");
    }

    @Test
    void theDifferenceSkipsSharedNodesWhenHeightsDiffer() {
        Tree<Bytes> small = numbered(4_000);
        TreeMap<Bytes, @Nullable Bytes> more = new TreeMap<>();
        for (int i = 4_000; i < 300_000; i++) {
            more.put(Bytes.u64be(i), Bytes.u64le(i));
        }
        Tree<Bytes> large = small.edit(more);
        assertTrue(large.root().height() > small.root().height());
        Difference<Bytes> difference = new Difference<>(large.root(), small.root());
        assertEquals(296_000, drain(difference));
        int fresh = TreeStructure.nodes(large).size() - 4_000 / 64;
        assertTrue(difference.openedNodes() <= fresh + 10,
                () -> difference.openedNodes() + " of " + fresh);
    }

    @Test
    void editsWithAnOrderOfTheirOwnAreRefused() {
        TreeMap<Bytes, @Nullable Bytes> edits = new TreeMap<>(Comparator.reverseOrder());
        edits.put(Bytes.of(1), Bytes.of(1));
        assertThrows(IllegalArgumentException.class, () -> Tree.ofBytes().edit(edits));
    }

    @Test
    void treesOfTreesAreEqualByContents() {
        Tree<Tree<Bytes>> one = Tree.<Tree<Bytes>>ofObjects().with(Bytes.of(1), numbered(100));
        Tree<Tree<Bytes>> other = Tree.<Tree<Bytes>>ofObjects()
                .with(Bytes.of(1),
                        numbered(101).without(Bytes.u64be(100)));
        assertEquals(one, other);
        assertEquals(one.hashCode(), other.hashCode());
    }

    @Test
    void treesOfOtherValuesAreUnequal() {
        Tree<Bytes> bytes = Tree.ofBytes().with(Bytes.of(1), Bytes.of(2));
        Tree<String> strings = Tree.<String>ofObjects().with(Bytes.of(1), "2");
        assertFalse(bytes.equals((Object) strings));
        assertFalse(strings.equals((Object) bytes));
        assertEquals(bytes, Tree.<Bytes>ofObjects().with(Bytes.of(1), Bytes.of(2)));
    }

    private static int drain(Iterator<?> iterator) {
        int count = 0;
        for (; iterator.hasNext(); iterator.next()) {
            count++;
        }
        return count;
    }
}
