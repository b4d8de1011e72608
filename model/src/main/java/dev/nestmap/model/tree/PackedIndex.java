package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/*
 * Open addressing with linear probing, at most half full: in each place the number of a leaf and of an element in it. A lookup
 * in random order then costs about one cache miss for the table and one for the leaf, where a search from the root costs one
 * for each of its steps. Eight to sixteen bytes for each element.
 */
/** The elements of a tree of byte strings by the hash of their keys, for lookups in no order. Immutable. */
public final class PackedIndex {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class,
            ByteOrder.LITTLE_ENDIAN);
    /** No leaf has more than 64 elements, see {@link Weight}. */
    private static final int LEAF_SHIFT = 7;
    /** A tree of so many elements has no index any more. */
    public static final long MOST_ELEMENTS = 1 << 24;
    /** What {@link #find} gives where there is no such key. */
    public static final int ABSENT = -1;

    private final List<Leaf<Bytes>> leaves = new ArrayList<>();
    private final int[] places;
    private final int seed;

    /**
     * Costs a walk over all elements, of which there are fewer than {@link #MOST_ELEMENTS}.
     *
     * @param seed differs from use to use, so that nobody can choose keys that all fall into one place
     */
    public PackedIndex(Tree<Bytes> tree, int seed) {
        if (tree.size() >= MOST_ELEMENTS) {
            throw new IllegalArgumentException(tree + " is too large for an index");
        }
        this.seed = seed;
        this.places = new int[Integer.highestOneBit((int) tree.size() * 4 + 1)];
        Pages pages = new Pages(tree);
        while (pages.next()) {
            leaves.add(pages.leaf());
            for (int i = 0; i < pages.count(); i++) {
                int place = pages.leaf().keys().hash(i, seed) & places.length - 1;
                while (places[place] != 0) {
                    place = place + 1 & places.length - 1;
                }
                places[place] = 1 + ((leaves.size() - 1) << LEAF_SHIFT | i);
            }
        }
    }

    /** The element whose key stands in {@code keys[at, at + keyBytes)}, as a number; {@link #ABSENT} where there is none. */
    public int find(ByteBuffer keys, int at, int keyBytes) {
        int place = hash(keys, at, at + keyBytes, seed) & places.length - 1;
        while (places[place] != 0) {
            int found = places[place] - 1;
            PackedColumn column = leaf(found).keys();
            int index = found & (1 << LEAF_SHIFT) - 1;
            if (column.sizeBytes(index) == keyBytes
                    && column.isAt(keys, at, keyBytes, index, index + 1)) {
                return found;
            }
            place = place + 1 & places.length - 1;
        }
        return ABSENT;
    }

    /** Whether the value of an element that was found stands in {@code values[at, at + valueBytes)}. */
    public boolean holds(int found, ByteBuffer values, int at, int valueBytes) {
        int index = found & (1 << LEAF_SHIFT) - 1;
        Column<Bytes> column = leaf(found).items();
        return column.sizeBytes(index) == valueBytes
                && column.isAt(values, at, valueBytes, index, index + 1);
    }

    private Leaf<Bytes> leaf(int found) {
        return leaves.get(found >>> LEAF_SHIFT);
    }

    static int hash(ByteBuffer bytes, int from, int to, int seed) {
        long hash = seed ^ (to - from);
        int at = from;
        for (; at <= to - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(bytes, at));
        }
        if (at <= to - Integer.BYTES) {
            hash = mix(hash ^ (int) INTS.get(bytes, at));
            at += Integer.BYTES;
        }
        for (; at < to; at++) {
            hash = mix(hash ^ bytes.get(at));
        }
        return (int) (mix(hash) >>> Integer.SIZE);
    }

    private static long mix(long bits) {
        long product = bits * 0x9E3779B97F4A7C15L;
        return product ^ (product >>> Integer.SIZE);
    }
}
