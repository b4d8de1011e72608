package dev.nestmap.client.codec;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** UTF-8, zeros behind it. */
record TextCodec(int sizeBytes) implements Codec<String> {
    TextCodec {
        Sizes.requirePositive("text", sizeBytes);
    }

    @Override
    public void write(String value, ByteBuffer target) {
        ByteBuffer bytes;
        try {
            bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("%s: the text has half a surrogate".formatted(this),
                    e);
        }
        if (bytes.remaining() > sizeBytes) {
            throw new IllegalArgumentException("\"%s\" has %d bytes, %s takes at most %d"
                    .formatted(value, bytes.remaining(), this, sizeBytes));
        }
        if (value.indexOf(0) >= 0) {
            throw new IllegalArgumentException(
                    "%s: the text has a zero, which would end it".formatted(this));
        }
        int end = target.position() + sizeBytes;
        target.put(bytes).position(end);
    }

    @Override
    public String read(ByteBuffer source) {
        byte[] bytes = new byte[sizeBytes];
        source.get(bytes);
        int length = 0;
        while (length < sizeBytes && bytes[length] != 0) {
            length++;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("%s: %s is not UTF-8".formatted(this,
                    HexFormat.ofDelimiter(" ").formatHex(bytes, 0, length)), e);
        }
    }

    @Override
    public String toString() {
        return "text[" + sizeBytes + "]";
    }
}
