package dev.nestmap.client.codec;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Values one behind the other, as in a C array. */
record ListCodec<T>(Codec<T> element, int length) implements Codec<List<T>> {
    ListCodec {
        Sizes.requirePositive("list", length);
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
    public void write(List<T> value, ByteBuffer target) {
        if (value.size() != length) {
            throw new IllegalArgumentException(
                    "%s takes %d values, these are %d".formatted(this, length, value.size()));
        }
        value.forEach(item -> element.write(item, target));
    }

    @Override
    public List<T> read(ByteBuffer source) {
        List<T> items = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            items.add(element.read(source));
        }
        return List.copyOf(items);
    }

    @Override
    public String toString() {
        return "%s[%d]".formatted(element, length);
    }
}
