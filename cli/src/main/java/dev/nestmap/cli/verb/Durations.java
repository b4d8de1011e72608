package dev.nestmap.cli.verb;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations in text: {@code 60s}, {@code 500ms}, {@code 2m}, {@code 1h}; a number alone is seconds. */
public final class Durations {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(ms|s|m|h)?");

    private Durations() {}

    /** Parses the value of an option; refuses zero. */
    public static Duration parse(String option, String text) throws CommandFailedException {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches() || Long.parseLong(parts.group(1)) == 0) {
            throw CommandFailedException.usage(
                    "%s \"%s\": write a duration such as 60s, 500ms, 2m or 1h".formatted(option,
                            text));
        }
        long number = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case null, default -> Duration.ofSeconds(number);
        };
    }
}
