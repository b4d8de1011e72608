package dev.nestmap.cli.render;

import java.util.Collection;

/**
 * Writes JSON as bpftool's json_writer.c does, so that scripts which compare text see no difference: compact, or
 * with each member on its own line while arrays open on one line and close on the next. One thread uses it.
 */
public final class JsonWriter {
    private final StringBuilder out;
    private final boolean pretty;
    private int depth;
    /** 0 directly behind an opening bracket or a name, else a comma. */
    private char separator;

    JsonWriter(StringBuilder out, Json.Layout layout, int depth) {
        this.out = out;
        this.pretty = layout == Json.Layout.PRETTY;
        this.depth = depth;
    }

    /** Opens an object. */
    public JsonWriter object() {
        return begin('{');
    }

    /** Closes an object. */
    public JsonWriter endObject() {
        return end('}');
    }

    /** Opens an array. */
    public JsonWriter array() {
        return begin('[');
    }

    /** Closes an array. */
    public JsonWriter endArray() {
        return end(']');
    }

    /** A member's name; its value follows. */
    public JsonWriter name(String name) {
        separate();
        endLine();
        separator = 0;
        quote(name);
        out.append(pretty ? ": " : ":");
        return this;
    }

    /** A text. */
    public JsonWriter value(String text) {
        separate();
        quote(text);
        return this;
    }

    /** A number. */
    public JsonWriter value(long number) {
        return raw(Long.toString(number));
    }

    /** A number in the bits of a long. */
    public JsonWriter unsigned(long number) {
        return raw(Long.toUnsignedString(number));
    }

    /** A number of any size, written as it is. */
    public JsonWriter number(String literal) {
        return raw(literal);
    }

    /** A truth: the value itself, no switch of behaviour. */
    public JsonWriter truth(boolean value) {
        return raw(Boolean.toString(value));
    }

    /** Nothing. */
    public JsonWriter nothing() {
        return raw("null");
    }

    /** A member with a text. */
    public JsonWriter member(String name, String text) {
        return name(name).value(text);
    }

    /** A member with a number. */
    public JsonWriter member(String name, long number) {
        return name(name).value(number);
    }

    /** A member with texts. */
    public JsonWriter member(String name, Collection<String> texts) {
        name(name).array();
        texts.forEach(this::value);
        return endArray();
    }

    /** Somebody else wrote the value. */
    void wasWritten() {
        separator = ',';
    }

    private JsonWriter raw(String text) {
        separate();
        out.append(text);
        return this;
    }

    private JsonWriter begin(char bracket) {
        separate();
        out.append(bracket);
        depth++;
        separator = 0;
        return this;
    }

    private JsonWriter end(char bracket) {
        depth--;
        if (separator != 0) {
            endLine();
        }
        out.append(bracket);
        separator = ',';
        return this;
    }

    private void separate() {
        if (separator != 0) {
            out.append(separator);
        }
        separator = ',';
    }

    private void endLine() {
        if (pretty) {
            out.append('\n').repeat("    ", depth);
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                default -> {
                    if (c < ' ') {
                        out.append("\\u%04x".formatted((int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
