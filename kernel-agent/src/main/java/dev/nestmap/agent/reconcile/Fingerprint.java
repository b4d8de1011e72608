package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.PackedElements;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.List;

/*
 * The sum, over all elements, of a hash of key and value: of 64 bits, so that two contents that differ have the same one in 1 case of 2^64,
 * and not in any case where one element differs in one word of eight bytes. A sum, because a hash gives its elements in no order,
 * and computed where pages are packed, because this is what an agent at rest does most: it costs a twentieth of looking each element up.
 */
/** All that one walk over a map read, in one number. Grows page by page; for one thread. */
final class Fingerprint {
    /** Of this process: what looks the same to one agent does not to others, nor after a restart. */
    private static final long SEED = new SecureRandom().nextLong();

    private long sum;
    private long elements;
    private boolean packed = true;

    /** Takes one more page; each key may come once only. */
    void add(List<KernelElement> page) {
        if (page instanceof PackedElements elementsOfPage) {
            addPacked(elementsOfPage);
        } else {
            packed &= page.isEmpty();
        }
    }

    /** Whether another walk read the same; never so where pages came that were not packed. */
    boolean isSame(Fingerprint other) {
        return isKnown() && other.isKnown() && sum == other.sum && elements == other.elements;
    }

    /** False where pages came that were not packed. */
    boolean isKnown() {
        return packed;
    }

    private void addPacked(PackedElements page) {
        long[] keys = words(page.keys());
        long[] values = words(page.values());
        int keyBytes = page.keyBytes();
        int valueBytes = page.valueBytes();
        for (int i = 0; i < page.size(); i++) {
            long hash = hash(SEED, keys, i * keyBytes, keyBytes);
            sum += hash(hash, values, i * valueBytes, valueBytes);
        }
        elements += page.size();
    }

    /** With one more behind the last, so that any eight bytes can be put together of two. */
    private static long[] words(ByteBuffer bytes) {
        ByteBuffer source = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        int whole = source.limit() / Long.BYTES;
        long[] words = new long[whole + 2];
        source.asLongBuffer().get(words, 0, whole);
        for (int at = source.limit() - 1; at >= whole * Long.BYTES; at--) {
            words[whole] = words[whole] << Byte.SIZE | (source.get(at) & 0xff);
        }
        return words;
    }

    private static long hash(long seed, long[] words, int fromByte, int bytes) {
        long hash = seed;
        int shift = fromByte % Long.BYTES * Byte.SIZE;
        int at = fromByte / Long.BYTES;
        for (int left = bytes; left > 0; left -= Long.BYTES, at++) {
            long word = shift == 0
                    ? words[at]
                    : (words[at] >>> shift) | (words[at + 1] << (Long.SIZE - shift));
            if (left < Long.BYTES) {
                word &= (1L << (left * Byte.SIZE)) - 1;
            }
            hash = mixed(hash ^ word);
        }
        return hash;
    }

    /**
     * The end of MurmurHash3: each bit of it depends on each bit of what is mixed. With one multiplication alone, a changed highest bit
     * changes two bits whatever the seed is, which another change in the next word takes back.
     */
    private static long mixed(long hash) {
        long bits = (hash ^ (hash >>> 33)) * 0xFF51AFD7ED558CCDL;
        bits = (bits ^ (bits >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return bits ^ (bits >>> 33);
    }
}
