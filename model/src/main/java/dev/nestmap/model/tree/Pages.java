package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a tree of byte strings in order, leaf by leaf, to be copied and compared where they are packed, without an
 * object for each. Stands before the first leaf at first, and is moved forward only; for one thread.
 */
public final class Pages {
    private final Cursor<Bytes> cursor;
    private Leaf<Bytes> leaf = Leaf.empty();
    private int seen;
    private byte[] spread = new byte[0];

    /** All of a tree. */
    public Pages(Tree<Bytes> tree) {
        this.cursor = Cursor.atStart(tree.root());
    }

    /**
     * The entries whose values do not have this size, in order. Costs a look at each leaf in which all have it, and none at what they
     * are.
     */
    public static List<Entry<Bytes>> entriesOfOtherSize(Tree<Bytes> tree, int valueBytes) {
        List<Entry<Bytes>> found = new ArrayList<>();
        Cursor<Bytes> cursor = Cursor.atStart(tree.root());
        cursor.openToElement();
        while (!cursor.isAtEnd()) {
            Leaf<Bytes> leaf = cursor.leaf();
            if (!isOf(leaf.items(), valueBytes)) {
                for (int i = 0; i < leaf.count(); i++) {
                    if (leaf.items().sizeBytes(i) != valueBytes) {
                        found.add(new Entry<>(leaf.keys().get(i), leaf.items().get(i)));
                    }
                }
            }
            cursor.skip(leaf.count());
            cursor.openToElement();
        }
        return found;
    }

    /** Goes to the next leaf; false behind the last. */
    public boolean next() {
        if (leaf.count() > 0) {
            cursor.skip(leaf.count());
        }
        cursor.openToElement();
        if (cursor.isAtEnd()) {
            leaf = Leaf.empty();
            return false;
        }
        leaf = cursor.leaf();
        readAhead(cursor.enteredBranch());
        return true;
    }

    /**
     * Looks once at all leaves of a branch. A leaf is some objects here and there; where they are not in the processor's cache, it waits
     * for many of them at the same time, instead of for one after the other while it works. That takes a third off the time of a
     * large copy.
     */
    private void readAhead(@Nullable Branch<Bytes> branch) {
        for (int i = 0; branch != null && i < branch.count(); i++) {
            Node<Bytes> child = branch.child(i);
            seen += child.keys().touchEnds()
                    + (child.items() instanceof PackedColumn values ? values.touch() : 0);
        }
    }

    /** Some number that depends on all that was looked at, so that no compiler leaves it out. */
    int seen() {
        return seen;
    }

    /** The number of elements in this leaf. */
    public int count() {
        return leaf.count();
    }

    /** True where all keys, and all values, of this leaf have these sizes. */
    public boolean isOf(int keyBytes, int valueBytes) {
        return isOf(leaf.keys(), keyBytes) && isOf(leaf.items(), valueBytes);
    }

    private static boolean isOf(Column<Bytes> column, int sizeBytes) {
        if (column instanceof PackedColumn packed && packed.width() > 0) {
            return packed.width() == sizeBytes;
        }
        for (int i = 0; i < column.count(); i++) {
            if (column.sizeBytes(i) != sizeBytes) {
                return false;
            }
        }
        return true;
    }

    /** The key at an index, which has four bytes, as a big-endian number. */
    public int number(int index) {
        return leaf.keys().intBe(index);
    }

    /** How many keys of four bytes, from an index on, are numbers that follow each other: all of them, or one. */
    public int run(int index) {
        int last = leaf.count() - 1;
        return number(last) - number(index) == last - index ? last - index + 1 : 1;
    }

    /** Copies keys one behind another. */
    public void copyKeys(int from, int to, ByteBuffer target, int at) {
        leaf.keys().copyTo(target, at, from, to);
    }

    /**
     * Copies values of one size; what is between them becomes zero, or stays as it is.
     *
     * @param strideBytes from where one begins to where the next does, at least their size
     */
    public void copyValues(int from, int to, ByteBuffer target, int at, int strideBytes) {
        PackedColumn ints = isSpread(strideBytes) ? (PackedColumn) leaf.items() : null;
        if (ints == null || from == to) {
            leaf.items().copyTo(target, at, strideBytes, from, to);
        } else {
            reserve(to - from);
            ints.spread(spread, from, to);
            target.put(at, spread, 0, (to - from) * Long.BYTES - Integer.BYTES);
        }
    }

    /**
     * True for values of four bytes, eight bytes apart, as the memory of an array has them: they go by way of an array, for to touch a
     * buffer once for each would take several times as long.
     */
    private boolean isSpread(int strideBytes) {
        return strideBytes == Long.BYTES && leaf.items() instanceof PackedColumn packed
                && packed.width() == Integer.BYTES;
    }

    private void reserve(int count) {
        if (spread.length < count * Long.BYTES) {
            spread = new byte[count * Long.BYTES];
        }
    }

    /** Whether values of one size, as {@link #copyValues} would copy them, are there; what is between them is not looked at. */
    public boolean holds(int from, int to, ByteBuffer other, int at, int strideBytes) {
        PackedColumn ints = isSpread(strideBytes) ? (PackedColumn) leaf.items() : null;
        if (ints == null || from == to) {
            return leaf.items().isAt(other, at, strideBytes, from, to);
        }
        reserve(to - from);
        other.get(at, spread, 0, (to - from) * Long.BYTES - Integer.BYTES);
        return ints.isSpread(spread, from, to);
    }

    Leaf<Bytes> leaf() {
        return leaf;
    }
}
