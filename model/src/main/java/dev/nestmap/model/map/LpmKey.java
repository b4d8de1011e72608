package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;

/**
 * The keys of LPM_TRIE. A caller's key is struct bpf_lpm_trie_key: a u32 prefix length (little-endian), then the data,
 * most significant bit first. A stored key is the data with every bit behind the prefix set, then in two bytes the
 * number of those bits.
 *
 * <p>So stored keys in their order are the trie's nodes in the kernel's order, post-order: a prefix stands behind everything
 * under it, for nothing under it is greater, and of what is equal the longer prefix comes first. Bits behind a prefix are not
 * part of it.
 */
final class LpmKey {
    static final int LENGTH_BYTES = 4;
    /** What a stored key has behind the data. */
    static final int SUFFIX_BYTES = 2;

    private LpmKey() {}

    /** The prefix length as the unsigned number that it is. */
    static long prefixLength(Bytes key) {
        return Integer.toUnsignedLong(key.intLe(0));
    }

    /** The longest possible prefix of a key of so many bytes, in bits. */
    static int lengthLimit(int keySize) {
        return 8 * (keySize - LENGTH_BYTES);
    }

    /** A prefix that is too long counts as the longest. */
    static Bytes stored(Bytes key) {
        int limit = lengthLimit(key.size());
        return stored(key, (int) Math.min(prefixLength(key), limit));
    }

    /** As if the caller's key had another prefix length, which must be possible. */
    static Bytes stored(Bytes key, int prefixLength) {
        int dataBytes = key.size() - LENGTH_BYTES;
        byte[] stored = new byte[dataBytes + SUFFIX_BYTES];
        key.copyRangeTo(LENGTH_BYTES, key.size(), stored, 0);
        for (int i = prefixLength / 8; i < dataBytes; i++) {
            stored[i] |= (byte) (i == prefixLength / 8 ? 0xff >> prefixLength % 8 : 0xff);
        }
        int behind = 8 * dataBytes - prefixLength;
        stored[dataBytes] = (byte) (behind >> 8);
        stored[dataBytes + 1] = (byte) behind;
        return Bytes.wrap(stored);
    }

    /** The prefix length of a stored key. */
    static int storedLength(Bytes stored) {
        int dataBytes = stored.size() - SUFFIX_BYTES;
        return 8 * dataBytes - (stored.at(dataBytes) << 8 | stored.at(dataBytes + 1));
    }

    /** The caller's key with zeros behind the prefix. */
    static Bytes wire(Bytes stored) {
        int length = storedLength(stored);
        int dataBytes = stored.size() - SUFFIX_BYTES;
        byte[] key = new byte[LENGTH_BYTES + dataBytes];
        Bytes.u32le(length).copyTo(key, 0);
        stored.copyRangeTo(0, (length + 7) / 8, key, LENGTH_BYTES);
        if (length % 8 != 0) {
            key[LENGTH_BYTES + length / 8] &= (byte) (0xff00 >> length % 8);
        }
        return Bytes.wrap(key);
    }

    /** The number of leading bits in which two stored keys agree, at most the shorter prefix. */
    static int commonLength(Bytes a, Bytes b) {
        int limit = Math.min(storedLength(a), storedLength(b));
        for (int i = 0; 8 * i < limit; i++) {
            int difference = a.at(i) ^ b.at(i);
            if (difference != 0) {
                return Math.min(limit, 8 * i + Integer.numberOfLeadingZeros(difference) - 24);
            }
        }
        return limit;
    }
}
