package dev.nestmap.model;

/** What an operation gave: a value, or the reason why it was refused. */
public sealed interface Outcome<T> {
    /** It was done. */
    record Done<T>(T value) implements Outcome<T> {}

    /** It was not, and nothing has changed. */
    record Refused<T>(Refusal refusal) implements Outcome<T> {}

    /** The outcome that holds a value. */
    static <T> Outcome<T> done(T value) {
        return new Done<>(value);
    }

    /** The outcome that holds a refusal. */
    static <T> Outcome<T> refused(Errno errno, String rule) {
        return new Refused<>(new Refusal(errno, rule));
    }
}
