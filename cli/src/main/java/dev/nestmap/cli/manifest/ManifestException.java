package dev.nestmap.cli.manifest;

import dev.nestmap.cli.yaml.Yaml.Place;

/** A document is wrong. The message names file, line, column and field, the given value, the rule and the way out. */
public final class ManifestException extends Exception {
    private static final long serialVersionUID = 1;

    private ManifestException(String message) {
        super(onOneLine(message));
    }

    /** What a file holds reaches a terminal here: no line ends, no escape sequences. */
    private static String onOneLine(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                out.append("\\u%04x".formatted(c));
            } else {
                out.appendCodePoint(c);
            }
        });
        return out.toString();
    }

    /**
     * At a place.
     *
     * @param field the path of the field; empty: the document as a whole
     */
    static ManifestException at(String file, Place place, String field, String problem) {
        String where = place.line() == 0
                ? file
                : "%s:%d:%d".formatted(file, place.line(), place.column());
        return new ManifestException(field.isEmpty()
                ? where + ": " + problem
                : "%s: %s: %s".formatted(where, field, problem));
    }
}
