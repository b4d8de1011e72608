package dev.nestmap.client.cache;

import dev.nestmap.model.Bytes;
import java.security.SecureRandom;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keys of more than eight bytes in a {@link PageTable}: each under the hash of its bytes, or, where another key has that
 * already, under the next number that is free.
 */
final class LongKeys {
    /** Drawn by each process: who does not know them cannot make keys of one hash. */
    private static final long SEED = new SecureRandom().nextLong();
    private static final long FACTOR = new SecureRandom().nextLong() | 1;
    static final LongKeys HASHED = new LongKeys(LongKeys::hash);

    private final ToLongFunction<Bytes> hash;

    LongKeys(ToLongFunction<Bytes> hash) {
        this.hash = hash;
    }

    private record Leaf(Bytes key, Object value) {}

    @Nullable
    Object get(PageTable<Object> table, Bytes key) {
        for (long word = hash.applyAsLong(key);; word++) {
            Leaf leaf = (Leaf) table.get(word);
            if (leaf == null) {
                return null;
            }
            if (leaf.key.equals(key)) {
                return leaf.value;
            }
        }
    }

    void set(PageTable.Draft<Object> draft, Bytes key, Object value) {
        long word = hash.applyAsLong(key);
        Leaf leaf = (Leaf) draft.get(word);
        while (leaf != null && !leaf.key.equals(key)) {
            leaf = (Leaf) draft.get(++word);
        }
        draft.set(word, new Leaf(key, value));
    }

    void remove(PageTable.Draft<Object> draft, Bytes key) {
        long word = hash.applyAsLong(key);
        Leaf leaf = (Leaf) draft.get(word);
        while (leaf != null && !leaf.key.equals(key)) {
            leaf = (Leaf) draft.get(++word);
        }
        if (leaf == null) {
            return;
        }
        draft.remove(word);
        // Those behind it may stand there because of it.
        for (leaf = (Leaf) draft.get(++word); leaf != null; leaf = (Leaf) draft.get(++word)) {
            draft.remove(word);
            set(draft, leaf.key, leaf.value);
        }
    }

    static Bytes key(Object held) {
        return ((Leaf) held).key;
    }

    static Object value(Object held) {
        return ((Leaf) held).value;
    }

    /** Products of 128 bits folded (as wyhash by Wang Yi does); keys of one table have one length. */
    private static long hash(Bytes key) {
        long hash = SEED;
        int at = 0;
        for (; at <= key.size() - Long.BYTES; at += Long.BYTES) {
            hash = fold(hash ^ key.longBe(at));
        }
        return at == key.size() ? hash : fold(hash ^ key.longBe(key.size() - Long.BYTES));
    }

    private static long fold(long word) {
        return word * FACTOR ^ Math.unsignedMultiplyHigh(word, FACTOR);
    }
}
