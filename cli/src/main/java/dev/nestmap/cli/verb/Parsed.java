package dev.nestmap.cli.verb;

import java.util.List;
import java.util.Map;

/** What a command line asks for. */
public sealed interface Parsed {
    /**
     * A verb.
     *
     * @param words what stands behind the verb, options taken out
     * @param options the verb's own options by {@link Option#name}; a flag has the value {@code true}
     */
    record Run(
            Verb verb,
            List<String> words,
            Map<String, List<String>> options,
            Settings settings,
            Format format) implements Parsed {
        /** Copies list and map. */
        public Run {
            words = List.copyOf(words);
            options = Map.copyOf(options);
        }
    }

    /** Help. */
    record Explain(String text) implements Parsed {}

    /**
     * Help, because no verb was named.
     *
     * @param exitCode what a command line that is not complete ends with there
     */
    record Incomplete(String text, int exitCode) implements Parsed {}

    /** Parses command lines. */
    @FunctionalInterface
    interface Parser {
        /** What the words ask for; throws where they make no sense. */
        Parsed parse(List<String> words) throws CommandFailedException;
    }
}
