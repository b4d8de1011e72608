package dev.nestmap.model.btf;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Texts in arrays of char: UTF-8 up to the first zero. */
final class Characters {
    private Characters() {}

    /** The text, where it can be printed and nothing but zeros follows it, so that writing it gives the same bytes. */
    static Optional<String> text(byte[] data, int from, int size) {
        int end = from;
        while (end < from + size && data[end] != 0) {
            end++;
        }
        for (int i = end; i < from + size; i++) {
            if (data[i] != 0) {
                return Optional.empty();
            }
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(data, from, end - from))
                    .toString();
            return text.codePoints().allMatch(Characters::isPrintable)
                    ? Optional.of(text)
                    : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** What bpftool takes for a text: ASCII that can be printed, ended by a zero; what follows that is not shown. */
    static Optional<String> bpftoolText(byte[] data, int from, int size) {
        for (int i = from; i < from + size; i++) {
            if (data[i] == 0) {
                return Optional.of(
                        new String(data, from, i - from, StandardCharsets.US_ASCII));
            }
            if (data[i] <= 0x1f || data[i] == 0x7f) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.PRIVATE_USE,
                    Character.UNASSIGNED, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                false;
            default -> true;
        };
    }
}
