package dev.nestmap.model.tree;

import dev.nestmap.model.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Byte strings one behind another in one array; offsets are stored only where the strings are not
 * of one width above 0.
 */
final class PackedColumn implements Column<Bytes> {
    private static final VarHandle BIG_ENDIAN_INTS = MethodHandles
            .byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BUFFER_LONGS = MethodHandles
            .byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int CACHE_LINE_BYTES = 64;
    private static final long UNSIGNED_INT = 0xffffffffL;

    private final byte[] bytes;
    private final int width;
    private final int @Nullable [] ends;

    private PackedColumn(byte[] bytes, int width, int @Nullable [] ends) {
        this.bytes = bytes;
        this.width = width;
        this.ends = ends;
    }

    /** Takes the array as it is; every string has the same width above 0. */
    static PackedColumn ofWidth(byte[] bytes, int width) {
        return new PackedColumn(bytes, width, null);
    }

    /** Takes both arrays as they are; {@code ends[i]} is where string i ends. */
    static PackedColumn of(byte[] bytes, int[] ends) {
        int width = ends.length == 0 ? 0 : ends[0];
        for (int i = 1; i < ends.length && width > 0; i++) {
            width = ends[i] - ends[i - 1] == width ? width : 0;
        }
        return width > 0 ? ofWidth(bytes, width) : new PackedColumn(bytes, 0, ends);
    }

    @Override
    public int count() {
        return ends == null ? bytes.length / width : ends.length;
    }

    /** The width of every string, or 0 if they differ or are empty. */
    int width() {
        return width;
    }

    int start(int index) {
        return ends == null ? index * width : index == 0 ? 0 : ends[index - 1];
    }

    int end(int index) {
        return ends == null ? (index + 1) * width : ends[index];
    }

    @Override
    public Bytes get(int index) {
        return Bytes.copyOfRange(bytes, start(index), end(index));
    }

    @Override
    public int sizeBytes(int index) {
        return end(index) - start(index);
    }

    @Override
    public boolean holds(int index, Object value) {
        return value instanceof Bytes item && item.size() == sizeBytes(index)
                && compare(item, index) == 0;
    }

    @Override
    public int commonRun(int index, Column<Bytes> other, int otherIndex) {
        if (other instanceof PackedColumn packed && width > 0 && width == packed.width) {
            int limit = Math.min(bytes.length - start(index),
                    packed.bytes.length - packed.start(otherIndex));
            int mismatch = Arrays.mismatch(bytes, start(index), start(index) + limit, packed.bytes,
                    packed.start(otherIndex), packed.start(otherIndex) + limit);
            return (mismatch < 0 ? limit : mismatch) / width;
        }
        int limit = Math.min(count() - index, other.count() - otherIndex);
        int run = 0;
        while (run < limit && other.holds(otherIndex + run, get(index + run))) {
            run++;
        }
        return run;
    }

    @Override
    public PackedColumn with(int index, Bytes item) {
        byte[] updated = bytes.clone();
        item.copyTo(updated, start(index));
        return new PackedColumn(updated, width, ends);
    }

    /** Compares a key with the string at an index. */
    int compare(Bytes key, int index) {
        return key.compareToRange(bytes, start(index), end(index));
    }

    /** Compares the string at an index with one of another column. */
    int compare(int index, PackedColumn other, int otherIndex) {
        return Arrays.compareUnsigned(bytes, start(index), end(index), other.bytes,
                other.start(otherIndex), other.end(otherIndex));
    }

    /** The index of a key in an ascending column, or {@code -(index of the next greater) - 1}. */
    int search(Bytes key) {
        int low = 0;
        int high = count() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(key, middle);
            if (order == 0) {
                return middle;
            }
            if (order > 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -low - 1;
    }

    /** Looks at its first and its last byte. */
    int touchEnds() {
        return bytes.length == 0 ? 0 : bytes[0] + bytes[bytes.length - 1];
    }

    /** Looks at each line of the processor's cache that it is in, so that it is there soon. */
    int touch() {
        int sum = 0;
        for (int i = 0; i < bytes.length; i += CACHE_LINE_BYTES) {
            sum += bytes[i];
        }
        return sum;
    }

    /** The string at an index, which has four bytes, as a big-endian number. */
    int intBe(int index) {
        return (int) BIG_ENDIAN_INTS.get(bytes, start(index));
    }

    /** A number in which all bytes of the string at an index have their part, the same for equal strings. */
    int hash(int index, int seed) {
        return PackedIndex.hash(ByteBuffer.wrap(bytes), start(index), end(index), seed);
    }

    /** Copies strings one behind another. */
    void copyTo(ByteBuffer target, int at, int from, int to) {
        if (from < to) {
            target.put(at, bytes, start(from), end(to - 1) - start(from));
        }
    }

    @Override
    public void copyTo(ByteBuffer target, int at, int strideBytes, int from, int to) {
        if (strideBytes == width || to - from < 2) {
            copyTo(target, at, from, to);
        } else {
            for (int i = from; i < to; i++) {
                copyTo(target, at + (i - from) * strideBytes, i, i + 1);
            }
        }
    }

    @Override
    public boolean isAt(ByteBuffer other, int at, int strideBytes, int from, int to) {
        if (to - from < 2) {
            return from == to || isAt(other, at, from);
        }
        if (strideBytes == width) {
            int sizeBytes = end(to - 1) - start(from);
            return ByteBuffer.wrap(bytes, start(from), sizeBytes)
                    .mismatch(other.slice(at, sizeBytes)) < 0;
        }
        for (int i = from; i < to; i++) {
            if (!isAt(other, at + (i - from) * strideBytes, i)) {
                return false;
            }
        }
        return true;
    }

    /** Copies strings of four bytes into an array, each with four zeros behind it. */
    void spread(byte[] target, int from, int to) {
        for (int i = 0; i < to - from; i++) {
            LONGS.set(target, i * Long.BYTES,
                    (int) INTS.get(bytes, (from + i) * Integer.BYTES) & UNSIGNED_INT);
        }
    }

    /** Whether strings of four bytes stand in an array as {@link #spread} copies them, whatever is between them. */
    boolean isSpread(byte[] other, int from, int to) {
        int difference = 0;
        for (int i = 0; i < to - from; i++) {
            difference |= (int) INTS.get(other, i * Long.BYTES)
                    ^ (int) INTS.get(bytes, (from + i) * Integer.BYTES);
        }
        return difference == 0;
    }

    /** Whether a string is there; made for short ones. */
    private boolean isAt(ByteBuffer other, int at, int index) {
        int i = start(index);
        int shift = at - i;
        for (; i <= end(index) - Long.BYTES; i += Long.BYTES) {
            if ((long) LONGS.get(bytes, i) != (long) BUFFER_LONGS.get(other, i + shift)) {
                return false;
            }
        }
        for (; i < end(index); i++) {
            if (bytes[i] != other.get(i + shift)) {
                return false;
            }
        }
        return true;
    }

    void copyTo(byte[] target, int offset, int from, int to) {
        System.arraycopy(bytes, start(from), target, offset, end(to - 1) - start(from));
    }
}
