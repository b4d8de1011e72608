package dev.nestmap.cli.render;

import dev.nestmap.model.Bytes;

/** Bytes as bpftool prints them (fprint_hex and print_hex_data_json in its source). */
final class Hex {
    private static final char[] DIGITS = "0123456789abcdef".toCharArray();

    private Hex() {}

    /** Eight, a wider gap, eight, a new line. */
    static void text(StringBuilder out, Bytes bytes) {
        for (int i = 0; i < bytes.size(); i++) {
            if (i > 0) {
                out.append(i % 16 == 0 ? "\n" : i % 8 == 0 ? "  " : " ");
            }
            digits(out, bytes.at(i));
        }
    }

    static void json(JsonWriter out, Bytes bytes) {
        out.array();
        StringBuilder text = new StringBuilder("0x00");
        for (int i = 0; i < bytes.size(); i++) {
            text.setLength(2);
            digits(text, bytes.at(i));
            out.value(text.toString());
        }
        out.endArray();
    }

    private static void digits(StringBuilder out, int value) {
        out.append(DIGITS[value >> 4]).append(DIGITS[value & 15]);
    }
}
