package dev.nestmap.model.tree;

/**
 * What an entry of a node counts towards the node's limits: its bytes, at least {@link #ENTRY_MIN}
 * and at most {@link #ENTRY_MAX}. One number thus bounds a node both in entries (64) and in bytes
 * (about 4 KiB), and a node of legal weight has at least two entries, however large they are.
 */
final class Weight {
    static final int NODE_MAX = 4096;
    static final int NODE_MIN = NODE_MAX / 4;
    static final int ENTRY_MIN = 64;
    static final int ENTRY_MAX = NODE_MIN / 2;
    /** A larger value is held by reference, and weighs no more than this. */
    static final int PACKED_VALUE_MAX_BYTES = 256;

    private Weight() {}

    static int of(int keyBytes, int valueBytes) {
        return Math.clamp((long) keyBytes + Math.min(valueBytes, PACKED_VALUE_MAX_BYTES), ENTRY_MIN,
                ENTRY_MAX);
    }

    static int of(Node<?> node) {
        PackedColumn keys = node.keys();
        Column<?> items = node.items();
        int sum = 0;
        for (int i = 0; i < keys.count(); i++) {
            sum += of(keys.sizeBytes(i), items.sizeBytes(i));
        }
        return sum;
    }

    /** True where a node weighs too little to stand beside another. */
    static boolean isThin(Node<?> node) {
        // Full nodes are the rule, and their count alone tells.
        return node.count() * ENTRY_MIN < NODE_MIN && of(node) < NODE_MIN;
    }
}
