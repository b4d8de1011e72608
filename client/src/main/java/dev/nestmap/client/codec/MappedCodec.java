package dev.nestmap.client.codec;

import java.nio.ByteBuffer;
import java.util.function.Function;

/** A codec seen through two functions. */
record MappedCodec<S, T>(String name, Codec<S> codec, Function<T, S> to, Function<S, T> from)
        implements
            Codec<T> {
    @Override
    public int sizeBytes() {
        return codec.sizeBytes();
    }

    @Override
    public int alignmentBytes() {
        return codec.alignmentBytes();
    }

    @Override
    public void write(T value, ByteBuffer target) {
        codec.write(to.apply(value), target);
    }

    @Override
    public long word(T value) {
        return codec.word(to.apply(value));
    }

    @Override
    public T read(ByteBuffer source) {
        return from.apply(codec.read(source));
    }

    @Override
    public String toString() {
        return name;
    }
}
