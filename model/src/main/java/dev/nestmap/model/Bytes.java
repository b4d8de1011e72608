package dev.nestmap.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable byte string, ordered by unsigned bytes, a prefix before what it begins. */
public final class Bytes implements Comparable<Bytes> {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class,
            ByteOrder.LITTLE_ENDIAN);
    private static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] data;

    private Bytes(byte[] data) {
        this.data = data;
    }

    /** The byte string of length 0. */
    public static Bytes empty() {
        return EMPTY;
    }

    /** A copy of the given bytes. */
    public static Bytes copyOf(byte[] source) {
        return source.length == 0 ? EMPTY : new Bytes(source.clone());
    }

    /** A copy of {@code source[from, to)}. */
    public static Bytes copyOfRange(byte[] source, int from, int to) {
        return from == to ? EMPTY : new Bytes(Arrays.copyOfRange(source, from, to));
    }

    /** Takes the array as it is, without a copy: the caller must not change it afterwards. */
    public static Bytes wrap(byte[] owned) {
        return owned.length == 0 ? EMPTY : new Bytes(owned);
    }

    /** The low eight bits of each value. */
    public static Bytes of(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return wrap(bytes);
    }

    /** {@code sizeBytes} zeros. */
    public static Bytes zeros(int sizeBytes) {
        return wrap(new byte[sizeBytes]);
    }

    /** The text in UTF-8. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Four bytes, little-endian: an array index as the kernels we serve hold it. */
    public static Bytes u32le(int value) {
        return wrap(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    /** Eight bytes, little-endian. */
    public static Bytes u64le(long value) {
        return wrap(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    /** Four bytes, big-endian: their order is that of the unsigned number. */
    public static Bytes u32be(int value) {
        return wrap(ByteBuffer.allocate(4).putInt(value).array());
    }

    /** Eight bytes, big-endian: their order is that of the unsigned number. */
    public static Bytes u64be(long value) {
        return wrap(ByteBuffer.allocate(8).putLong(value).array());
    }

    /** Parses pairs of hexadecimal digits without separators. */
    public static Bytes hex(String digits) {
        return wrap(HexFormat.of().parseHex(digits));
    }

    /** Length in bytes. */
    public int size() {
        return data.length;
    }

    /** The byte at an index, 0 to 255. */
    public int at(int index) {
        return data[index] & 0xff;
    }

    /** Reads four little-endian bytes at an offset. */
    public int intLe(int offset) {
        return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN).getInt(offset);
    }

    /** Reads four big-endian bytes at an offset. */
    public int intBe(int offset) {
        return ByteBuffer.wrap(data).getInt(offset);
    }

    /** Reads eight big-endian bytes at an offset. */
    public long longBe(int offset) {
        return ByteBuffer.wrap(data).getLong(offset);
    }

    /** The first eight bytes, little-endian; where there are fewer, zeros stand for the others. */
    public long head() {
        return data.length >= Long.BYTES ? (long) LONGS.get(data, 0) : word(data, 0, data.length);
    }

    private static long word(byte[] data, int from, int to) {
        long word = 0;
        for (int i = to; i > from; i--) {
            word = word << Byte.SIZE | (data[i - 1] & 0xff);
        }
        return word;
    }

    /** The bytes in {@code [from, to)}. */
    public Bytes slice(int from, int to) {
        return from == 0 && to == data.length ? this : copyOfRange(data, from, to);
    }

    /** This byte string with another behind it. */
    public Bytes concat(Bytes tail) {
        byte[] joined = Arrays.copyOf(data, data.length + tail.data.length);
        System.arraycopy(tail.data, 0, joined, data.length, tail.data.length);
        return wrap(joined);
    }

    /** True where every byte is 0. */
    public boolean isZero() {
        for (byte b : data) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** A copy. */
    public byte[] toByteArray() {
        return data.clone();
    }

    /** A read-only view. */
    public ByteBuffer asByteBuffer() {
        return ByteBuffer.wrap(data).asReadOnlyBuffer();
    }

    /** Copies all bytes to {@code target[offset..]}. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(data, 0, target, offset, data.length);
    }

    /** Copies the bytes in {@code [from, to)} to {@code target[offset..]}. */
    public void copyRangeTo(int from, int to, byte[] target, int offset) {
        System.arraycopy(data, from, target, offset, to - from);
    }

    /** Compares with {@code other[from, to)}, unsigned. */
    public int compareToRange(byte[] other, int from, int to) {
        return Arrays.compareUnsigned(data, 0, data.length, other, from, to);
    }

    /** The text that these bytes are in UTF-8. */
    public String toUtf8() {
        return new String(data, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(data, other.data);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(data, that.data);
    }

    /** All bits of it depend on all bytes: keys are short, and hash tables look at few bits. */
    @Override
    public int hashCode() {
        long hash = data.length;
        int at = 0;
        for (; at <= data.length - Long.BYTES; at += Long.BYTES) {
            hash = mix(hash ^ (long) LONGS.get(data, at));
        }
        return (int) (mix(hash ^ word(data, at, data.length)) >>> Integer.SIZE);
    }

    private static long mix(long bits) {
        long product = bits * 0x9E3779B97F4A7C15L;
        return product ^ (product >>> Integer.SIZE);
    }

    /** Pairs of hexadecimal digits joined by spaces: {@code 0a 00 ff}. */
    @Override
    public String toString() {
        return HexFormat.ofDelimiter(" ").formatHex(data);
    }
}
