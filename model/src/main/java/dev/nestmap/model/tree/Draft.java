package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A tree with pending edits over it, which every read sees. Made and dropped at no cost: a batch
 * runs on a draft, and a refusal forgets it. For one thread.
 */
public final class Draft<V> {
    /**
     * A walk in key order past more removed keys than this first builds them in, so that emptying a
     * map key by key is not quadratic.
     */
    private static final int REMOVED_KEYS_WALKED_MAX = 64;

    private Tree<V> base;
    /** Null where a key of the base is removed. */
    private TreeMap<Bytes, @Nullable V> edits = new TreeMap<>();
    private long addedElements;

    Draft(Tree<V> base) {
        this.base = base;
    }

    /** The value of a key, or null if there is none. */
    public @Nullable V get(Bytes key) {
        V pending = edits.get(key);
        return pending != null || edits.containsKey(key) ? pending : base.get(key);
    }

    /** Whether there is an element with this key. */
    public boolean containsKey(Bytes key) {
        return edits.containsKey(key) ? edits.get(key) != null : base.containsKey(key);
    }

    /** The number of elements. */
    public long size() {
        return base.size() + addedElements;
    }

    /** True where there is no element. */
    public boolean isEmpty() {
        return size() == 0;
    }

    /** Sets a key. */
    public void put(Bytes key, V value) {
        addedElements += containsKey(key) ? 0 : 1;
        edits.put(key, value);
    }

    /** Removes a key, if it is there. */
    public void remove(Bytes key) {
        if (!containsKey(key)) {
            return;
        }
        addedElements--;
        if (base.containsKey(key)) {
            edits.put(key, null);
        } else {
            edits.remove(key);
        }
    }

    /** The least key, or null if there is no element. */
    public @Nullable Bytes firstKey() {
        // The empty string is the least of all keys, so it is the first or the first is above it.
        return containsKey(Bytes.empty()) ? Bytes.empty() : higherKey(Bytes.empty());
    }

    /** The least key above the given one, or null if there is none. */
    public @Nullable Bytes higherKey(Bytes key) {
        Bytes from = key;
        for (int walked = 0; walked < REMOVED_KEYS_WALKED_MAX; walked++) {
            Bytes inBase = base.higherKey(from);
            Map.Entry<Bytes, @Nullable V> pending = edits.higherEntry(from);
            if (pending == null || (inBase != null && inBase.compareTo(pending.getKey()) < 0)) {
                return inBase;
            }
            if (pending.getValue() != null) {
                return pending.getKey();
            }
            from = pending.getKey();
        }
        return build().higherKey(from);
    }

    /**
     * The tree with all edits so far, made by one bulk edit: the very tree under this draft if they
     * change nothing. The draft may be used on.
     */
    public Tree<V> build() {
        if (!edits.isEmpty()) {
            base = base.edit(edits);
            edits = new TreeMap<>();
            addedElements = 0;
        }
        return base;
    }
}
