package dev.nestmap.model.map;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LpmTrieTest {
    private final Tried trie = trie(4, 100);

    private static Tried trie(int dataBytes, int maxEntries) {
        return new Tried(
                Tried.spec(MapType.LPM_TRIE, 4 + dataBytes, 1, maxEntries, MapFlags.NO_PREALLOC));
    }

    private static Bytes key(int length, int... data) {
        return Bytes.u32le(length).concat(Bytes.of(data));
    }

    @Test
    void aLookupFindsTheLongestPrefix() {
        trie.put(key(0, 0, 0, 0, 0), Tried.data(0));
        trie.put(key(8, 10, 0, 0, 0), Tried.data(8));
        trie.put(key(24, 10, 1, 2, 0), Tried.data(24));
        assertEquals(Tried.data(24), trie.lookup(key(32, 10, 1, 2, 3)));
        assertEquals(Tried.data(8), trie.lookup(key(32, 10, 1, 3, 3)));
        assertEquals(Tried.data(0), trie.lookup(key(32, 11, 1, 3, 3)));
        assertEquals(Tried.data(8), trie.lookup(key(23, 10, 1, 2, 3)),
                "up to the key's own length");
        assertEquals(Errno.ENOENT, trie.lookup(key(33, 10, 1, 2, 3)));
    }

    @Test
    void bitsBehindThePrefixAreGivenBackAsWrittenAndAreNotPartOfTheKey() {
        trie.put(key(9, 10, 0x80, 0, 7), Tried.data(1));
        assertEquals(key(9, 10, 0x80, 0, 7), trie.first());
        trie.put(key(9, 10, 0xff, 1, 1), Tried.data(2));
        assertEquals(List.of(new Element(key(9, 10, 0xff, 1, 1), Tried.data(2))), trie.all());
        assertEquals("deleted", trie.delete(key(9, 10, 0xc0, 0, 0)));
    }

    @Test
    void keysFollowInPostOrder() {
        List<Bytes> order = List.of(key(32, 10, 0, 0, 1), key(24, 10, 0, 0, 0), key(9, 10, 0, 0, 0),
                key(32, 10, 255, 255, 255), key(9, 10, 128, 0, 0), key(8, 10, 0, 0, 0),
                key(1, 128, 0, 0, 0), key(0, 0, 0, 0, 0));
        order.reversed().forEach(key -> trie.put(key, Tried.data(1)));
        assertEquals(order, trie.all().stream().map(Element::key).toList());
        assertEquals(order.get(0), trie.first());
        for (int i = 1; i < order.size(); i++) {
            assertEquals(order.get(i), trie.next(order.get(i - 1)));
        }
        assertEquals(Errno.ENOENT, trie.next(order.getLast()));
        assertEquals(order.getFirst(), trie.next(key(31, 10, 0, 0, 0)), "absent: from the start");
    }

    @Test
    void aFullTrieHasNoSpaceAndPrefixesThatAreTooLongAreInvalid() {
        Tried small = trie(1, 1);
        small.put(key(3, 0), Tried.data(1));
        small.refused(Errno.ENOSPC, key(4, 0), Tried.data(1), UpdateFlags.ANY);
        small.refused(Errno.ENOENT, key(4, 0), Tried.data(1), UpdateFlags.EXIST);
        small.refused(Errno.EEXIST, key(3, 1), Tried.data(1), UpdateFlags.NOEXIST);
        small.refused(Errno.EINVAL, key(9, 0), Tried.data(1), UpdateFlags.ANY);
        assertEquals(Errno.EINVAL, small.delete(key(9, 0)));
        small.put(key(3, 31), Tried.data(2));
    }

    /** Against a list that is searched from one end to the other. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void randomTriesFindWhatASearchOfAllPrefixesFinds(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int dataBytes = random.nextInt(1, 5);
        Tried tried = trie(dataBytes, 1000);
        List<Element> naive = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            Bytes key = randomKey(random, dataBytes);
            if (random.nextInt(3) > 0) {
                Value value = Tried.data(i & 0xff);
                tried.put(key, value);
                naive.removeIf(element -> same(element.key(), key));
                naive.add(new Element(key, value));
            } else if (random.nextInt(4) == 0) {
                boolean removed = naive.removeIf(element -> same(element.key(), key));
                assertEquals(removed ? "deleted" : Errno.ENOENT, tried.delete(key), "seed " + seed);
            }
            Bytes sought = randomKey(random, dataBytes);
            Object expected = naive.stream()
                    .filter(element -> covers(element.key(), sought))
                    .max((a, b) -> a.key().intLe(0) - b.key().intLe(0))
                    .<Object>map(Element::value)
                    .orElse(Errno.ENOENT);
            assertEquals(expected, tried.lookup(sought), "seed " + seed + " step " + i);
        }
        assertEquals(naive.size(), tried.all().size());
    }

    private static Bytes randomKey(SplittableRandom random, int dataBytes) {
        int[] data = random.ints(dataBytes, 0, 4).map(bits -> bits * 0x55).toArray();
        return key(random.nextInt(8 * dataBytes + 1), data);
    }

    private static boolean same(Bytes a, Bytes b) {
        return a.intLe(0) == b.intLe(0) && covers(a, b);
    }

    private static boolean covers(Bytes prefix, Bytes key) {
        int length = prefix.intLe(0);
        if (length > key.intLe(0)) {
            return false;
        }
        for (int bit = 0; bit < length; bit++) {
            if (((prefix.at(4 + bit / 8) ^ key.at(4 + bit / 8)) >> (7 - bit % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }
}
