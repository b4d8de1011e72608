package dev.nestmap.cli.grammar;

import dev.nestmap.model.Bytes;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * {@code DATA := [hex] BYTE...}. Unlike bpftool, which takes a byte over 255 modulo 256 without complaint, this
 * refuses it.
 */
final class DataWords {
    /** What may follow a key or a value. None of them is a byte, in hexadecimal either. */
    private static final Set<String> FOLLOWERS = Set.of("key", "value", "any", "exist", "noexist");

    private DataWords() {}

    /** Takes all bytes up to a word of the grammar or the end; there must be one at least. */
    static Bytes take(Words words, String what) throws GrammarException {
        boolean hex = words.accept("hex");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!words.atEnd() && !FOLLOWERS.contains(words.peek())) {
            bytes.write(takeByte(words, hex));
        }
        if (bytes.size() == 0) {
            throw words.expected("the bytes of the " + what
                    + (hex ? " in hexadecimal" : ", as in 1 0x02 003 or hex 01 02 03"));
        }
        return Bytes.wrap(bytes.toByteArray());
    }

    private static int takeByte(Words words, boolean hex) throws GrammarException {
        if (words.peek().startsWith("--")) {
            throw words.expected("a byte");
        }
        String word = words.take("a byte");
        Optional<BigInteger> number = hex ? Numbers.parseHex(word) : Numbers.parse(word);
        if (number.isEmpty()) {
            throw words.wrong(hex
                    ? "is no byte: after \"hex\" write hexadecimal, as in 0a ff"
                    : "is no byte: write decimal (10), 0x hexadecimal (0x0a) or 0 octal (012)");
        }
        if (number.get().bitLength() > 8) {
            throw words.wrong("is over 255, so it is no byte" + asBytes(number.get()));
        }
        return number.get().intValue();
    }

    /** What was probably meant. */
    private static String asBytes(BigInteger number) {
        int size = number.bitLength() <= 16 ? 2 : number.bitLength() <= 32 ? 4 : 8;
        if (number.bitLength() > 64) {
            return "";
        }
        String bytes = IntStream.range(0, size)
                .map(i -> number.shiftRight(8 * i).intValue() & 0xff)
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(" "));
        return "; as a little-endian number of %d bytes it is %s".formatted(size, bytes);
    }
}
