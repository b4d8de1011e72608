package dev.nestmap.client.codec;

import dev.nestmap.model.Bytes;
import java.nio.ByteBuffer;

/** Bytes as they are. */
record BytesCodec(int sizeBytes) implements Codec<Bytes> {
    BytesCodec {
        Sizes.requirePositive("bytes", sizeBytes);
    }

    @Override
    public void write(Bytes value, ByteBuffer target) {
        check(value);
        target.put(value.asByteBuffer());
    }

    @Override
    public Bytes read(ByteBuffer source) {
        byte[] bytes = new byte[sizeBytes];
        source.get(bytes);
        return Bytes.wrap(bytes);
    }

    @Override
    public Bytes encode(Bytes value) {
        check(value);
        return value;
    }

    @Override
    public Bytes decode(Bytes bytes) {
        check(bytes);
        return bytes;
    }

    private void check(Bytes value) {
        if (value.size() != sizeBytes) {
            throw new IllegalArgumentException(
                    "%s takes %d bytes, these are %d".formatted(this, sizeBytes, value.size()));
        }
    }

    @Override
    public String toString() {
        return "bytes[" + sizeBytes + "]";
    }
}
