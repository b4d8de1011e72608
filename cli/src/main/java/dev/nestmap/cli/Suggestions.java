package dev.nestmap.cli;

import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** What somebody who mistyped a word may have meant. */
final class Suggestions {
    private static final int FARTHEST = 2;
    /** Of the beginning of a word. */
    private static final int SHORTEST = 3;

    private Suggestions() {}

    /** Behind "there is no command", with a comma before it; empty where nothing is near. */
    static String command(String typed) {
        Optional<String> sameWord = Verbs.all()
                .stream()
                .map(verb -> verb.help().path())
                .filter(path -> path.endsWith(" " + typed))
                .findFirst();
        return text("nestmap ", sameWord.or(() -> nearest(typed, paths())));
    }

    /** The same for an option of a verb. */
    static String option(String typed, Verb verb) {
        String name = typed.contains("=") ? typed.substring(0, typed.indexOf('=')) : typed;
        return text("", nearest(name, Stream.concat(verb.options().stream(),
                GlobalOptions.ALL.stream()).map(Option::name)));
    }

    private static Stream<String> paths() {
        return Stream.concat(Verbs.GROUPS.keySet().stream(), Verbs.all().stream().flatMap(verb -> {
            String group = verb.help().group();
            return Stream.concat(Stream.of(verb.help().path()), verb.help()
                    .aliases()
                    .stream()
                    .map(alias -> (group + " " + alias).strip()));
        }));
    }

    private static String text(String before, Optional<String> meant) {
        return meant.map(word -> ", did you mean \"" + before + word + "\"?").orElse("");
    }

    private static Optional<String> nearest(String typed, Stream<String> words) {
        return words.filter(word -> difference(typed, word) <= Math.min(FARTHEST, word.length() / 2))
                .min(Comparator.comparingInt(word -> difference(typed, word)));
    }

    /** One that was not typed to its end is near. */
    private static int difference(String typed, String word) {
        return typed.length() >= SHORTEST && word.startsWith(typed) ? 1 : distance(typed, word);
    }

    /** Letters to insert, delete or replace (Levenshtein), row by row. */
    private static int distance(String left, String right) {
        int[] row = new int[right.length() + 1];
        for (int j = 0; j <= right.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= left.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.length(); j++) {
                int replaced = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[right.length()];
    }
}
