package dev.nestmap.cli.grammar;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Optional;

/** Unsigned numbers as strtoul(3) with base 0 reads them: decimal, 0x hexadecimal, 0 octal. */
final class Numbers {
    private Numbers() {}

    /** The number that a word is; empty where it is none. Any size. */
    static Optional<BigInteger> parse(String word) {
        String text = word.toLowerCase(Locale.ROOT);
        if (text.startsWith("0x")) {
            return digits(text.substring(2), 16);
        }
        return text.length() > 1 && text.startsWith("0")
                ? digits(text.substring(1), 8)
                : digits(text, 10);
    }

    /** The number that a word is in hexadecimal, with or without 0x; empty where it is none. */
    static Optional<BigInteger> parseHex(String word) {
        String text = word.toLowerCase(Locale.ROOT);
        return digits(text.startsWith("0x") ? text.substring(2) : text, 16);
    }

    /** BigInteger alone would take signs and the digits of every script. */
    private static Optional<BigInteger> digits(String text, int radix) {
        boolean valid = !text.isEmpty()
                && text.chars().allMatch(c -> c < 128 && Character.digit(c, radix) >= 0);
        return valid ? Optional.of(new BigInteger(text, radix)) : Optional.empty();
    }

    /** Takes a word that must be an unsigned number of so many bits, and gives those bits. */
    static long take(Words words, String what, int bits) throws GrammarException {
        Optional<BigInteger> number = parse(words.take(what));
        if (number.isEmpty()) {
            throw words.wrong("is no number; write " + what + " as 16, 0x10 or 020");
        }
        if (number.get().bitLength() > bits) {
            throw words.wrong("is too big for %s, at most %s is possible".formatted(what,
                    BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE)));
        }
        return number.get().longValue();
    }

    static int takeU32(Words words, String what) throws GrammarException {
        return (int) take(words, what, 32);
    }
}
