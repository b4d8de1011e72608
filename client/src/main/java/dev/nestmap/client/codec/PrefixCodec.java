package dev.nestmap.client.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** struct bpf_lpm_trie_key. */
record PrefixCodec<T>(Codec<T> data) implements Codec<Prefix<T>> {
    private static final int LENGTH_BYTES = 4;

    @Override
    public int sizeBytes() {
        return LENGTH_BYTES + data.sizeBytes();
    }

    @Override
    public int alignmentBytes() {
        return LENGTH_BYTES;
    }

    @Override
    public void write(Prefix<T> value, ByteBuffer target) {
        if (value.lengthBits() < 0 || value.lengthBits() > 8 * data.sizeBytes()) {
            throw new IllegalArgumentException("a prefix of %d bits: %s has %d"
                    .formatted(value.lengthBits(), data, 8 * data.sizeBytes()));
        }
        target.order(ByteOrder.LITTLE_ENDIAN).putInt(value.lengthBits());
        data.write(value.data(), target);
    }

    @Override
    public Prefix<T> read(ByteBuffer source) {
        int lengthBits = source.order(ByteOrder.LITTLE_ENDIAN).getInt();
        return new Prefix<>(data.read(source), lengthBits);
    }

    @Override
    public String toString() {
        return "prefix of " + data;
    }
}
