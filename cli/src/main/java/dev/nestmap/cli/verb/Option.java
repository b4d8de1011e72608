package dev.nestmap.cli.verb;

import java.util.List;

/**
 * An option of a verb.
 *
 * @param names with their hyphens, the longest last
 * @param label what its value is called; empty: it has none
 * @param description a sentence without a full stop
 * @param times how often it may be given
 */
public record Option(List<String> names, String label, String description, Times times) {
    /** How often an option may be given. */
    public enum Times {
        /** Once. */
        ONCE,
        /** Any number of times. */
        MANY
    }

    /** Copies the list. */
    public Option {
        names = List.copyOf(names);
    }

    /** An option with a value. */
    public static Option value(String name, String label, String description) {
        return new Option(List.of(name), label, description, Times.ONCE);
    }

    /** With another name too, a short one. */
    public Option or(String shortName) {
        return new Option(List.of(shortName, names.getLast()), label, description, times);
    }

    /** An option that may be repeated. */
    public Option repeatable() {
        return new Option(names, label, description, Times.MANY);
    }

    /** An option without a value. */
    public static Option flag(String name, String description) {
        return new Option(List.of(name), "", description, Times.ONCE);
    }

    /** The name by which {@link Invocation} knows it. */
    public String name() {
        return names.getLast();
    }
}
