package dev.nestmap.client.codec;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;

/** A Java array as a C array. */
record ArrayCodec<T>(Class<?> type, Codec<T> element, int length) implements Codec<Object> {
    ArrayCodec {
        Sizes.requirePositive("array", length);
    }

    @Override
    public int sizeBytes() {
        return Math.multiplyExact(length, element.sizeBytes());
    }

    @Override
    public int alignmentBytes() {
        return element.alignmentBytes();
    }

    @Override
    @SuppressWarnings("unchecked") // the codec was chosen by the array's own type
    public void write(Object array, ByteBuffer target) {
        if (Array.getLength(array) != length) {
            throw new IllegalArgumentException("%s takes %d values, these are %d".formatted(this,
                    length, Array.getLength(array)));
        }
        for (int i = 0; i < length; i++) {
            element.write((T) Array.get(array, i), target);
        }
    }

    @Override
    public Object read(ByteBuffer source) {
        Object array = Array.newInstance(type.getComponentType(), length);
        for (int i = 0; i < length; i++) {
            Array.set(array, i, element.read(source));
        }
        return array;
    }

    @Override
    public String toString() {
        return "%s[%d]".formatted(element, length);
    }
}
