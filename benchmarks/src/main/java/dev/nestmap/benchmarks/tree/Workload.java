package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Elements of 8 byte keys and 8 byte values, and updates of them; the same for every contender and
 * every run.
 */
final class Workload {
    private static final long SEED = 42;

    private final int elementCount;
    private final SplittableRandom random = new SplittableRandom(SEED);

    Workload(int elementCount) {
        this.elementCount = elementCount;
    }

    /**
     * Every element with a key and a value object of its own, as a store gets them from its
     * clients.
     */
    SortedMap<Bytes, Bytes> elements() {
        TreeMap<Bytes, Bytes> elements = new TreeMap<>();
        for (int i = 0; i < elementCount; i++) {
            elements.put(key(i), Bytes.u64le(i));
        }
        return elements;
    }

    /** A key that is there. */
    Bytes randomKey() {
        return key(random.nextInt(elementCount));
    }

    /** New values for {@code count} of the keys that are there. */
    SortedMap<Bytes, Bytes> randomBatch(int count) {
        TreeMap<Bytes, Bytes> batch = new TreeMap<>();
        while (batch.size() < count) {
            batch.put(randomKey(), randomValue());
        }
        return batch;
    }

    /** {@code count} keys that are not there yet. */
    SortedMap<Bytes, Bytes> newBatch(int count) {
        TreeMap<Bytes, Bytes> batch = new TreeMap<>();
        while (batch.size() < count) {
            batch.put(key(elementCount + random.nextInt(elementCount)), randomValue());
        }
        return batch;
    }

    /** A value that no element has. */
    Bytes randomValue() {
        return Bytes.u64le(random.nextLong() | Long.MIN_VALUE);
    }

    /** Spreads the numbers over all keys; as the factor is odd, no two meet. */
    private static Bytes key(int number) {
        return Bytes.u64be(number * 0x9e3779b97f4a7c15L);
    }
}
