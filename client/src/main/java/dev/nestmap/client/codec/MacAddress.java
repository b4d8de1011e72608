package dev.nestmap.client.codec;

import dev.nestmap.model.Bytes;
import java.util.HexFormat;

/** An Ethernet address. */
public record MacAddress(Bytes bytes) {
    static final int SIZE_BYTES = 6;
    private static final HexFormat FORM = HexFormat.ofDelimiter(":");

    /** Six bytes. */
    public MacAddress {
        if (bytes.size() != SIZE_BYTES) {
            throw new IllegalArgumentException(
                    "a MAC address has 6 bytes, these are " + bytes.size());
        }
    }

    /** Six pairs of hexadecimal digits joined by colons. */
    public static MacAddress parse(String text) {
        try {
            return new MacAddress(Bytes.wrap(FORM.parseHex(text)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is no MAC address; write it as 02:00:00:00:00:01".formatted(text), e);
        }
    }

    @Override
    public String toString() {
        return FORM.formatHex(bytes.toByteArray());
    }
}
