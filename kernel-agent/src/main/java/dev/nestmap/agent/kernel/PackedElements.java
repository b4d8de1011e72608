package dev.nestmap.agent.kernel;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Objects;
import java.util.RandomAccess;

/**
 * Elements of one size as system calls move them: all keys one behind another, and so all values. A list like any other, whose
 * elements become objects only where somebody looks at them.
 */
public final class PackedElements extends AbstractList<KernelElement> implements RandomAccess {
    private final int count;
    private final int keyBytes;
    private final int valueBytes;
    private final ByteBuffer keys;
    private final ByteBuffer values;

    /**
     * Takes the buffers from their beginnings and copies nothing: what is in them must stay as long as this is used.
     *
     * @param keys at least {@code count * keyBytes} bytes
     * @param values at least {@code count * valueBytes} bytes
     */
    public PackedElements(int count, int keyBytes, ByteBuffer keys, int valueBytes,
            ByteBuffer values) {
        this.count = count;
        this.keyBytes = keyBytes;
        this.valueBytes = valueBytes;
        this.keys = keys.slice(0, count * keyBytes);
        this.values = values.slice(0, count * valueBytes);
    }

    /** Bytes of each key. */
    public int keyBytes() {
        return keyBytes;
    }

    /** Bytes of each value. */
    public int valueBytes() {
        return valueBytes;
    }

    /** All keys, and nothing else; not to be written to. */
    public ByteBuffer keys() {
        return keys;
    }

    /** All values, and nothing else; not to be written to. */
    public ByteBuffer values() {
        return values;
    }

    @Override
    public int size() {
        return count;
    }

    @Override
    public KernelElement get(int index) {
        Objects.checkIndex(index, count);
        return new KernelElement(bytes(keys, index, keyBytes), bytes(values, index, valueBytes));
    }

    /** Shares the buffers. */
    @Override
    public PackedElements subList(int from, int to) {
        Objects.checkFromToIndex(from, to, count);
        return new PackedElements(to - from, keyBytes,
                keys.slice(from * keyBytes, (to - from) * keyBytes), valueBytes,
                values.slice(from * valueBytes, (to - from) * valueBytes));
    }

    private static Bytes bytes(ByteBuffer buffer, int index, int width) {
        byte[] copy = new byte[width];
        buffer.get(index * width, copy);
        return Bytes.wrap(copy);
    }
}
