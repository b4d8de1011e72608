package dev.nestmap.client.cache;

import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An immutable hash table from numbers to values: an array of pages, each a small table with open addressing and linear
 * probing. A lookup is a load of the page and a probe in it; a change copies the pages that it touches and the array of
 * pages, which is why pages grow with the table.
 *
 * <p>Who chooses the numbers cannot choose where they go: they are multiplied by two odd factors that each process draws
 * (multiply-shift hashing; Dietzfelbinger and others, "A Reliable Randomized Algorithm for the Closest-Pair Problem", 1997).
 */
final class PageTable<V> {
    private static final long SEED = new SecureRandom().nextLong();
    private static final long FACTOR = new SecureRandom().nextLong() | 1;
    /** Up to so many pages there are, on average, so many elements in one at the most; more where there are more pages. */
    private static final int SMALL_PAGES = 2048;
    private static final int MOST_PER_SMALL_PAGE = 32;
    private static final int MOST_PER_PAGE = 256;
    private static final int LEAST_PAGES = 2;
    private static final int LEAST_SLOTS = 4;

    // Page by page, 2^n of them: the numbers, and the values, null where a slot is free. One slot of each page is.
    private final long[][] words;
    private final @Nullable Object[][] values;
    private final int shift;
    private final int size;

    private PageTable(long[][] words, @Nullable Object[][] values, int size) {
        this.words = words;
        this.values = values;
        this.shift = shift(words.length);
        this.size = size;
    }

    static <V> PageTable<V> empty() {
        return new PageTable<>(new long[LEAST_PAGES][LEAST_SLOTS],
                new @Nullable Object[LEAST_PAGES][LEAST_SLOTS], 0);
    }

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked") // the values are those that were set
    @Nullable
    V get(long word) {
        long hash = hash(word);
        int page = (int) (hash >>> shift);
        return (V) find(words[page], values[page], hash, word);
    }

    private static @Nullable Object find(long[] words, @Nullable Object[] values, long hash,
            long word) {
        int mask = words.length - 1;
        for (int at = (int) hash & mask;; at = (at + 1) & mask) {
            Object value = values[at];
            if (value == null || words[at] == word) {
                return value;
            }
        }
    }

    /** Places in the largest page: what numbers that collide would drive up. */
    int largestPage() {
        return Arrays.stream(words).mapToInt(page -> page.length).max().orElseThrow();
    }

    @SuppressWarnings("unchecked") // the values are those that were set
    void forEach(Consumer<V> consumer) {
        for (int page = 0; page < words.length; page++) {
            for (int at = 0; at < words[page].length; at++) {
                Object value = values[page][at];
                if (value != null) {
                    consumer.accept(words[page][at], (V) value);
                }
            }
        }
    }

    /** Takes an element. */
    interface Consumer<V> {
        void accept(long word, V value);
    }

    Draft<V> edit() {
        return new Draft<>(this);
    }

    private static long hash(long word) {
        long seeded = word ^ SEED;
        return seeded * FACTOR ^ Math.unsignedMultiplyHigh(seeded, FACTOR);
    }

    /** Elements that so many pages are for. */
    private static int most(int pages) {
        return pages * (pages < SMALL_PAGES ? MOST_PER_SMALL_PAGE : MOST_PER_PAGE);
    }

    private static int shift(int pages) {
        return Long.SIZE - Integer.numberOfTrailingZeros(pages);
    }

    /** A version in the making. For one thread. */
    static final class Draft<V> {
        private static final int SHARED = -1;

        private long[][] words;
        private @Nullable Object[][] values;
        /** Elements of each page; {@link #SHARED}: the page is that of an earlier version. */
        private int[] counts;
        private int size;

        private Draft(PageTable<V> table) {
            this.words = table.words.clone();
            this.values = table.values.clone();
            this.counts = new int[words.length];
            Arrays.fill(counts, SHARED);
            this.size = table.size;
        }

        PageTable<V> build() {
            return new PageTable<>(words, values, size);
        }

        @SuppressWarnings("unchecked") // the values are those that were set
        @Nullable
        V get(long word) {
            long hash = hash(word);
            int page = (int) (hash >>> shift(words.length));
            return (V) find(words[page], values[page], hash, word);
        }

        void set(long word, V value) {
            put(word, value);
            if (size > most(words.length)) {
                repage(2 * words.length);
            }
        }

        private void put(long word, Object value) {
            long hash = hash(word);
            int page = (int) (hash >>> shift(words.length));
            own(page);
            int at = slot(words[page], values[page], hash, word);
            if (values[page][at] == null) {
                if (3 * (counts[page] + 1) > 2 * words[page].length) {
                    grow(page);
                    at = slot(words[page], values[page], hash, word);
                }
                counts[page]++;
                size++;
                words[page][at] = word;
            }
            values[page][at] = value;
        }

        void remove(long word) {
            if (get(word) == null) {
                return;
            }
            long hash = hash(word);
            int page = (int) (hash >>> shift(words.length));
            own(page);
            free(words[page], values[page], slot(words[page], values[page], hash, word));
            counts[page]--;
            size--;
            int fewer = words.length / 2;
            if (fewer >= LEAST_PAGES && size < most(fewer) / 4) {
                repage(fewer);
            }
        }

        /** Frees a slot and moves into it what was pushed on by it, so that no probe ends too early. */
        private static void free(long[] words, @Nullable Object[] values, int freed) {
            int mask = words.length - 1;
            int hole = freed;
            for (int at = (hole + 1) & mask; values[at] != null; at = (at + 1) & mask) {
                int first = (int) hash(words[at]) & mask;
                if (((at - first) & mask) >= ((at - hole) & mask)) {
                    words[hole] = words[at];
                    values[hole] = values[at];
                    hole = at;
                }
            }
            values[hole] = null;
        }

        private static int slot(long[] words, @Nullable Object[] values, long hash, long word) {
            int mask = words.length - 1;
            int at = (int) hash & mask;
            while (values[at] != null && words[at] != word) {
                at = (at + 1) & mask;
            }
            return at;
        }

        private void own(int page) {
            if (counts[page] == SHARED) {
                words[page] = words[page].clone();
                values[page] = values[page].clone();
                int count = 0;
                for (Object value : values[page]) {
                    count += value == null ? 0 : 1;
                }
                counts[page] = count;
            }
        }

        private void grow(int page) {
            long[] wordsBefore = words[page];
            @Nullable
            Object[] valuesBefore = values[page];
            words[page] = new long[2 * wordsBefore.length];
            values[page] = new @Nullable Object[2 * wordsBefore.length];
            for (int i = 0; i < wordsBefore.length; i++) {
                if (valuesBefore[i] != null) {
                    int at = slot(words[page], values[page], hash(wordsBefore[i]), wordsBefore[i]);
                    words[page][at] = wordsBefore[i];
                    values[page][at] = valuesBefore[i];
                }
            }
        }

        private void repage(int pages) {
            long[][] wordsBefore = words;
            @Nullable
            Object[][] valuesBefore = values;
            words = new long[pages][LEAST_SLOTS];
            values = new @Nullable Object[pages][LEAST_SLOTS];
            counts = new int[pages];
            size = 0;
            for (int page = 0; page < wordsBefore.length; page++) {
                for (int at = 0; at < wordsBefore[page].length; at++) {
                    Object value = valuesBefore[page][at];
                    if (value != null) {
                        put(wordsBefore[page][at], value);
                    }
                }
            }
        }
    }
}
