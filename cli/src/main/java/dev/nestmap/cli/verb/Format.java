package dev.nestmap.cli.verb;

import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.render.MapJson.Detail;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The form of answers that options ask for.
 *
 * @param named by {@code -o}
 * @param style what it comes to for verbs that know only text and JSON
 */
public record Format(Name named, Style style) {
    /** No option was given. */
    public static final Format DEFAULT = new Format(Name.TABLE, Style.text());

    /** What most verbs can print. */
    public static final Set<Name> ORDINARY = Set.of(Name.TABLE, Name.JSON);

    /** Words behind {@code -o}. */
    public enum Name {
        /** For people. */
        TABLE,
        /** For people, with more columns. */
        WIDE,
        /** All that the store knows, as JSON. */
        JSON,
        /** Documents that {@code apply} reads. */
        YAML;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The format that options ask for.
     *
     * @param layout of {@code -j} or {@code -p}; empty: neither was given
     * @param word behind {@code -o}
     * @param known what the verb can print
     */
    public static Format of(Optional<Json.Layout> layout, Optional<String> word, Set<Name> known)
            throws CommandFailedException {
        if (word.isEmpty()) {
            return layout.map(given -> new Format(Name.JSON,
                    Style.bpftool(new Json(given, 0)))).orElse(DEFAULT);
        }
        Name name = Arrays.stream(Name.values())
                .filter(each -> each.word().equals(word.get()) && known.contains(each))
                .findFirst()
                .orElseThrow(() -> CommandFailedException.usage(
                        "-o %s: must be one of %s".formatted(word.get(),
                                known.stream()
                                        .sorted()
                                        .map(Name::word)
                                        .collect(Collectors.joining(", ")))));
        return switch (name) {
            case JSON -> new Format(name, new Style.Structured(
                    new Json(layout.orElse(Json.Layout.PRETTY), 0), Detail.STORE));
            case TABLE, WIDE, YAML -> new Format(name, Style.text());
        };
    }
}
