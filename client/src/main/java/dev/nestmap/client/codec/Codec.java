package dev.nestmap.client.codec;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import java.nio.ByteBuffer;

/**
 * A Java value as a fixed number of bytes. Whoever writes one of his own implements four methods: the two sizes, and
 * writing and reading at a buffer's position. Immutable; for many threads. {@code toString} is its name in messages.
 */
public interface Codec<T> extends ValueCodec<T> {
    /** How many bytes a value takes: always the same. */
    @Override
    int sizeBytes();

    /** What C aligns such a value to inside a struct, a power of two; 1 for anything made of bytes. */
    default int alignmentBytes() {
        return 1;
    }

    /**
     * Writes exactly {@link #sizeBytes} bytes at the buffer's position and leaves it behind them. What is there before is
     * zero; the buffer's byte order is not defined and may be set. {@link IllegalArgumentException} where the value does
     * not fit.
     */
    void write(T value, ByteBuffer target);

    /** Reads exactly {@link #sizeBytes} bytes at the buffer's position and leaves it behind them. */
    T read(ByteBuffer source);

    /** The bytes of a value. */
    default Bytes encode(T value) {
        byte[] bytes = new byte[sizeBytes()];
        write(value, ByteBuffer.wrap(bytes));
        return Bytes.wrap(bytes);
    }

    /**
     * The bytes of a value that takes at most eight, as a little-endian number, zeros above: for tables of such keys. The same
     * as {@code encode(value).head()}, refusals included; to be overridden only to give it sooner.
     */
    default long word(T value) {
        return encode(value).head();
    }

    /** The value of bytes; {@link IllegalArgumentException} where they have another length or are none. */
    default T decode(Bytes bytes) {
        if (bytes.size() != sizeBytes()) {
            throw new IllegalArgumentException(
                    "%s takes %d bytes, these are %d".formatted(this, sizeBytes(), bytes.size()));
        }
        return read(bytes.asByteBuffer());
    }

    @Override
    default boolean fits(MapType type) {
        return !type.isOuter();
    }

    @Override
    default Value toValue(T value) {
        return new Value.Data(encode(value));
    }

    @Override
    default T fromValue(Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> decode(bytes);
            case Value.Expression(String text) -> throw new IllegalArgumentException(
                    "%s reads bytes, the value is %s, which each node works out; Codecs.nodeValue of this codec reads both"
                            .formatted(this, text));
            case Value.PerCpu _ -> throw new IllegalArgumentException(
                    "%s reads bytes, the value is one for each CPU; Codecs.perCpu of this codec reads both"
                            .formatted(this));
            case Value.Slot _ -> throw new IllegalArgumentException(
                    "%s reads bytes, the value is %s".formatted(this, value));
        };
    }
}
