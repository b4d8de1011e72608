package dev.nestmap.cli.render;

import java.util.function.Consumer;

/**
 * A form of JSON output.
 *
 * @param layout on one line or indented
 * @param depth how many brackets are open around what is written; 0: it is a document with a line end of its own
 */
public record Json(Layout layout, int depth) {
    /** {@code -j}. */
    public static final Json COMPACT = new Json(Layout.COMPACT, 0);
    /** {@code -p}. */
    public static final Json PRETTY = new Json(Layout.PRETTY, 0);

    /** Where lines end. */
    public enum Layout {
        /** Nowhere. */
        COMPACT,
        /** Behind each member. */
        PRETTY
    }

    /** The same inside of other JSON. */
    public Json inside(int openBrackets) {
        return new Json(layout, openBrackets);
    }

    JsonWriter writer(StringBuilder out) {
        return new JsonWriter(out, layout, depth);
    }

    /** What stands behind the last bracket. */
    String end() {
        return depth == 0 ? "\n" : "";
    }

    /** One document, or one value inside of another. */
    public String text(Consumer<JsonWriter> content) {
        StringBuilder out = new StringBuilder();
        content.accept(writer(out));
        return out.append(end()).toString();
    }
}
