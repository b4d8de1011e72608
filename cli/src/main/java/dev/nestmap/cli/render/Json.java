package dev.nestmap.cli.render;

import java.util.function.Consumer;

/** The two forms of JSON output. */
public enum Json {
    /** {@code -j}. */
    COMPACT {
        @Override
        JsonWriter writer(StringBuilder out) {
            return JsonWriter.compact(out);
        }
    },
    /** {@code -p}. */
    PRETTY {
        @Override
        JsonWriter writer(StringBuilder out) {
            return JsonWriter.pretty(out);
        }
    };

    abstract JsonWriter writer(StringBuilder out);

    /** One document with its line end. */
    public String text(Consumer<JsonWriter> content) {
        StringBuilder out = new StringBuilder();
        content.accept(writer(out));
        return out.append('\n').toString();
    }
}
