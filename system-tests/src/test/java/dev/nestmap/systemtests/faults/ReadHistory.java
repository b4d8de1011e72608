package dev.nestmap.systemtests.faults;

import java.util.Arrays;

/** What one thread read through one cache, in a few bytes for each read. Written by one thread; read when it is over. */
final class ReadHistory {
    private long[] begins = new long[1 << 12];
    private long[] ends = new long[1 << 12];
    private long[] values = new long[1 << 12];
    private int[] keys = new int[1 << 12];
    private int size;

    /** Takes note of a read; value 0: absent. */
    void add(int key, long value, long beginNanos, long endNanos) {
        if (size == begins.length) {
            begins = Arrays.copyOf(begins, 2 * size);
            ends = Arrays.copyOf(ends, 2 * size);
            values = Arrays.copyOf(values, 2 * size);
            keys = Arrays.copyOf(keys, 2 * size);
        }
        begins[size] = beginNanos;
        ends[size] = endNanos;
        values[size] = value;
        keys[size] = key;
        size++;
    }

    int size() {
        return size;
    }

    Read read(int index) {
        return new Read(keys[index], values[index], begins[index], ends[index]);
    }

    /** One read. */
    record Read(int key, long value, long beginNanos, long endNanos) {}
}
