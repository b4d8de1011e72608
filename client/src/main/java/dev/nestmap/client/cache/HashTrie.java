package dev.nestmap.client.cache;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash table of keys of one size: a trie over the bits of the hash, five at a time, whose edits copy one path and share the rest
 * (Bagwell, "Ideal Hash Trees", 2001). Lookups take about log32 n steps. The model's tree has an order and less memory per
 * element; this has faster lookups.
 */
final class HashTrie<V> {
    private static final int BITS = 5;
    private static final int MASK = (1 << BITS) - 1;
    private static final int HASH_BITS = Integer.SIZE;

    private final Branch<V> root;
    private final int size;

    private HashTrie(Branch<V> root, int size) {
        this.root = root;
        this.size = size;
    }

    private sealed interface Node<V> {}

    /**
     * An element. The head of the key stands beside it: a short key is not followed to its bytes, which for most lookups are
     * somewhere else in memory.
     */
    private record Leaf<V>(int hash, long head, Bytes key, V value) implements Node<V> {
        Leaf(int hash, Bytes key, V value) {
            this(hash, key.head(), key, value);
        }

        boolean has(int otherHash, Bytes other) {
            return hash == otherHash && head == other.head()
                    && (other.size() <= Long.BYTES || key.equals(other));
        }
    }

    /** Elements whose hashes are equal. */
    private record Collision<V>(int hash, List<Leaf<V>> leaves) implements Node<V> {
        @Nullable
        V get(Bytes key) {
            for (Leaf<V> leaf : leaves) {
                if (leaf.key.equals(key)) {
                    return leaf.value;
                }
            }
            return null;
        }
    }

    /** Up to 32 nodes; bit i is set where there is one for the bits i. */
    @SuppressWarnings("ArrayRecordComponent") // never handed out, never compared
    private record Branch<V>(int bitmap, Node<V>[] nodes) implements Node<V> {
        int index(int bit) {
            return Integer.bitCount(bitmap & (bit - 1));
        }
    }

    @SuppressWarnings("unchecked") // of length 0
    static <V> HashTrie<V> empty() {
        return new HashTrie<>(new Branch<>(0, (Node<V>[]) new Node<?>[0]), 0);
    }

    int size() {
        return size;
    }

    @Nullable
    V get(Bytes key) {
        int hash = hash(key);
        Node<V> node = root;
        // Tests of one class each: a switch over all of them took a third of a lookup.
        for (int rest = hash; node instanceof Branch<V> branch; rest >>>= BITS) {
            int bit = 1 << (rest & MASK);
            if ((branch.bitmap & bit) == 0) {
                return null;
            }
            node = branch.nodes[branch.index(bit)];
        }
        if (node instanceof Leaf<V> leaf) {
            return leaf.has(hash, key) ? leaf.value : null;
        }
        return ((Collision<V>) node).get(key);
    }

    HashTrie<V> with(Bytes key, V value) {
        boolean added = get(key) == null;
        return new HashTrie<>(
                (Branch<V>) with(root, 0, new Leaf<>(hash(key), key, value)),
                added ? size + 1 : size);
    }

    HashTrie<V> without(Bytes key) {
        if (get(key) == null) {
            return this;
        }
        Node<V> changed = without(root, 0, hash(key), key);
        return changed instanceof Branch<V> branch ? new HashTrie<>(branch, size - 1) : empty();
    }

    void forEach(BiConsumer<Bytes, V> consumer) {
        forEach(root, consumer);
    }

    private static <V> Node<V> with(Node<V> node, int shift, Leaf<V> leaf) {
        return switch (node) {
            case Branch<V> branch -> {
                int bit = 1 << ((leaf.hash >>> shift) & MASK);
                int index = branch.index(bit);
                if ((branch.bitmap & bit) == 0) {
                    yield new Branch<>(branch.bitmap | bit, inserted(branch.nodes, index, leaf));
                }
                Node<V>[] nodes = branch.nodes.clone();
                nodes[index] = with(nodes[index], shift + BITS, leaf);
                yield new Branch<>(branch.bitmap, nodes);
            }
            case Leaf<V> other when other.key.equals(leaf.key) -> leaf;
            case Leaf<V> other -> other.hash == leaf.hash
                    ? new Collision<>(leaf.hash, List.of(other, leaf))
                    : with(branchOf(other, other.hash, shift), shift, leaf);
            case Collision<V> collision when collision.hash != leaf.hash ->
                with(branchOf(collision, collision.hash, shift), shift, leaf);
            case Collision<V> collision -> {
                List<Leaf<V>> leaves = new ArrayList<>(collision.leaves);
                leaves.removeIf(other -> other.key.equals(leaf.key));
                leaves.add(leaf);
                yield new Collision<>(leaf.hash, List.copyOf(leaves));
            }
        };
    }

    /** Null where nothing is left. */
    private static <V> @Nullable Node<V> without(Node<V> node, int shift, int hash, Bytes key) {
        return switch (node) {
            case Branch<V> branch -> {
                int bit = 1 << ((hash >>> shift) & MASK);
                int index = branch.index(bit);
                Node<V> child = without(branch.nodes[index], shift + BITS, hash, key);
                if (child == null) {
                    yield branch.nodes.length == 1
                            ? null
                            : new Branch<>(branch.bitmap & ~bit, removed(branch.nodes, index));
                }
                Node<V>[] nodes = branch.nodes.clone();
                nodes[index] = child;
                yield new Branch<>(branch.bitmap, nodes);
            }
            case Leaf<V> _ -> null;
            case Collision<V> collision -> {
                List<Leaf<V>> leaves = collision.leaves.stream()
                        .filter(leaf -> !leaf.key.equals(key))
                        .toList();
                yield leaves.size() == 1 ? leaves.getFirst() : new Collision<>(hash, leaves);
            }
        };
    }

    @SuppressWarnings("unchecked") // nodes of one trie
    private static <V> Branch<V> branchOf(Node<V> node, int hash, int shift) {
        if (shift >= HASH_BITS) {
            throw new IllegalStateException("two hashes that differ in no bit");
        }
        return new Branch<>(1 << ((hash >>> shift) & MASK), (Node<V>[]) new Node<?>[]{node});
    }

    @SuppressWarnings("unchecked") // nodes of one trie
    private static <V> Node<V>[] inserted(Node<V>[] nodes, int index, Node<V> node) {
        Node<V>[] longer = (Node<V>[]) new Node<?>[nodes.length + 1];
        System.arraycopy(nodes, 0, longer, 0, index);
        longer[index] = node;
        System.arraycopy(nodes, index, longer, index + 1, nodes.length - index);
        return longer;
    }

    @SuppressWarnings("unchecked") // nodes of one trie
    private static <V> Node<V>[] removed(Node<V>[] nodes, int index) {
        Node<V>[] shorter = (Node<V>[]) new Node<?>[nodes.length - 1];
        System.arraycopy(nodes, 0, shorter, 0, index);
        System.arraycopy(nodes, index + 1, shorter, index, shorter.length - index);
        return shorter;
    }

    private static <V> void forEach(Node<V> node, BiConsumer<Bytes, V> consumer) {
        switch (node) {
            case Branch<V> branch -> {
                for (Node<V> child : branch.nodes) {
                    forEach(child, consumer);
                }
            }
            case Leaf<V> leaf -> consumer.accept(leaf.key, leaf.value);
            case Collision<V> collision ->
                collision.leaves.forEach(leaf -> consumer.accept(leaf.key, leaf.value));
        }
    }

    /** The polynomial of the bytes says little in its high bits for short keys. */
    private static int hash(Bytes key) {
        int hash = key.hashCode() * 0x9E3779B1;
        return hash ^ (hash >>> 15);
    }
}
