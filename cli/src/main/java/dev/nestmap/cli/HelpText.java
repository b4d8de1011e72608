package dev.nestmap.cli;

import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import java.util.List;
import java.util.Optional;

/** What {@code nestmap help} and {@code --help} print. */
final class HelpText {
    private static final int SUMMARY_COLUMN = 20;
    private static final int DESCRIPTION_COLUMN = 38;

    private HelpText() {}

    static String overview() {
        StringBuilder out = new StringBuilder(
                "nestmap - one replicated store of BPF maps, in the kernel of every host that should have them\n\n");
        for (Verb verb : Verbs.all()) {
            Help help = verb.help();
            if (!Verbs.GROUPS.containsKey(help.group())) {
                line(out, help.path(), help.summary());
            }
        }
        Verbs.GROUPS.forEach((group, about) -> {
            out.append('\n').append(about).append(":\n");
            verbs(out, group);
        });
        out.append("\nOptions of every command, before it or behind it:\n");
        options(out, GlobalOptions.ALL);
        return out.append(
                "\nMore: nestmap help COMMAND, nestmap help documents, nestmap help exit-codes\n")
                .toString();
    }

    static String group(String group) {
        StringBuilder out = new StringBuilder();
        out.append(Verbs.GROUPS.getOrDefault(group, group)).append(":\n");
        verbs(out, group);
        return out.append("\nMore: nestmap help %s VERB\n".formatted(group)).toString();
    }

    static String verb(Verb verb) {
        Help help = verb.help();
        StringBuilder out = new StringBuilder();
        out.append("nestmap ").append(help.path()).append(' ').append(help.grammar());
        out.setLength(out.toString().stripTrailing().length());
        out.append("\n\n    ").append(help.summary()).append(".\n");
        if (!help.aliases().isEmpty()) {
            out.append("    Also: ").append(String.join(", ", help.aliases())).append(".\n");
        }
        if (!help.terms().isEmpty()) {
            out.append('\n');
            help.terms().forEach(term -> out.append("    ").append(term).append('\n'));
        }
        out.append("\nExample:\n    ").append(help.example()).append('\n');
        if (!verb.options().isEmpty()) {
            out.append("\nOptions:\n");
            options(out, verb.options());
        }
        out.append("\nOptions of every command:\n");
        options(out, GlobalOptions.ALL);
        return out.toString();
    }

    /** The verb that a path or an alias names. */
    static Optional<Verb> find(String path) {
        return Verbs.all()
                .stream()
                .filter(verb -> verb.help().path().equals(path) || verb.help()
                        .aliases()
                        .stream()
                        .anyMatch(alias -> (verb.help().group() + " " + alias).strip()
                                .equals(path)))
                .findFirst();
    }

    private static void verbs(StringBuilder out, String group) {
        for (Verb verb : Verbs.all()) {
            if (verb.help().group().equals(group)) {
                line(out, verb.help().path(), verb.help().summary());
            }
        }
    }

    private static void line(StringBuilder out, String path, String summary) {
        column(out, "    " + path, SUMMARY_COLUMN).append(summary).append('\n');
    }

    private static void options(StringBuilder out, List<Option> options) {
        for (Option option : options) {
            String names = String.join(", ", option.names())
                    + (option.label().isEmpty() ? "" : " " + option.label());
            column(out, "    " + names, DESCRIPTION_COLUMN).append(option.description())
                    .append('\n');
        }
    }

    private static StringBuilder column(StringBuilder out, String text, int width) {
        return out.append(text).repeat(' ', Math.max(2, width - text.length()));
    }
}
