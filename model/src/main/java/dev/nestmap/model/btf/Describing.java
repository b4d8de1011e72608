package dev.nestmap.model.btf;

import java.math.BigInteger;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** How messages quote what was given. */
final class Describing {
    private static final int TEXT_LIMIT = 40;
    private static final int NAMES_LIMIT = 12;

    private Describing() {}

    static String of(Datum value) {
        return switch (value) {
            case Datum.Text(String text) -> '"' + name(text) + '"';
            case Datum.Whole(BigInteger number) -> of(number);
            case Datum.Fraction(double number) -> Double.toString(number);
            case Datum.Truth(boolean truth) -> Boolean.toString(truth);
            case Datum.Nothing() -> "null";
            case Datum.Sequence(List<Datum> items) ->
                "a list of " + items.size();
            case Datum.Fields _ -> "an object";
        };
    }

    /** A number with a million digits is not quoted. */
    static String of(BigInteger number) {
        return number.bitLength() <= 256
                ? number.toString()
                : "a number of %d bits".formatted(number.bitLength());
    }

    static String of(Shape.Composite composite) {
        String word = composite.layout() == BtfType.Layout.STRUCT ? "struct" : "union";
        return composite.name().isEmpty() ? "the " + word : word + " " + composite.name();
    }

    /** Cut, and without what would move the cursor. */
    static String name(String text) {
        String cut = text.length() <= TEXT_LIMIT ? text : text.substring(0, TEXT_LIMIT) + "...";
        return cut.replaceAll("\\p{Cntrl}", "?");
    }

    static String names(Collection<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        String list = names.stream().limit(NAMES_LIMIT).collect(Collectors.joining(", "));
        return names.size() <= NAMES_LIMIT
                ? list
                : list + " and %d more".formatted(names.size() - NAMES_LIMIT);
    }
}
