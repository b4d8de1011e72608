package dev.nestmap.cli;

import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import java.util.List;

/** docs/CLI.md, made from the commands themselves: {@code nestmap help reference}. */
final class Reference {
    private static final String HEAD = """
            # Command line

            Made from the commands by `./nestmap help reference > docs/CLI.md`; do not edit.

            `nestmap map` and `nestmap batch` speak bpftool's grammar. `-j` and `-p` print what bpftool prints, member for member, except
            ids and sizes of memory (a store has no memlock); where something is refused, rule and way out are on stderr. `-o json` prints all
            that the store knows. What bpftool's grammar has no word for is ours, in kubectl's manner: `get`, `apply`, `diff`, `export`,
            `watch`, `node label`, `map wait`.

            Differences from bpftool: a byte over 255 is refused; `FILE` of `map create` may be left out; a name is unique, and one that is
            not there is said so (254); a failed `map create` gives the errno's code and not 255; a per-CPU value that is the same for every
            CPU is shown as often as the node with the most CPUs has them; hashes are dumped in the order of their keys; what a node works out
            for itself is shown as its expression; the text of a write is its revision. `map pin`, `map event_pipe` and `dev` are refused with
            what to do instead.

            Colours are for terminals only, and not where `NO_COLOR` is set. Progress of long transfers is shown on a terminal.
            """;

    private Reference() {}

    static String markdown() {
        StringBuilder out = new StringBuilder(HEAD);
        out.append("\n## Options of every command\n\n");
        options(out, GlobalOptions.ALL);
        section(out, "Commands", "");
        Verbs.GROUPS.forEach((group, about) -> section(out, about, group));
        out.append("\n## Documents\n\n```\n").append(DocumentHelp.TEXT).append("```\n");
        out.append(
                "\n## Exit codes\n\nA refusal with an errno gives 256 - errno, as bpftool does.\n\n");
        out.append("| code | errno | when |\n| --- | --- | --- |\n");
        ExitCode.ROWS.forEach(row -> out.append("| %d | %s | %s |\n".formatted(row.code(),
                row.errno(), cell(row.when()))));
        return out.toString();
    }

    private static void section(StringBuilder out, String title, String group) {
        out.append("\n## ").append(title).append('\n');
        for (Verb verb : Verbs.all()) {
            String its = verb.help().group();
            if (Verbs.GROUPS.containsKey(its) ? its.equals(group) : group.isEmpty()) {
                verb(out, verb);
            }
        }
    }

    private static void verb(StringBuilder out, Verb verb) {
        Help help = verb.help();
        out.append("\n### ").append(help.path()).append("\n\n").append(help.summary());
        out.append(".");
        if (!help.aliases().isEmpty()) {
            out.append(" Also: ").append(String.join(", ", help.aliases())).append('.');
        }
        out.append("\n\n```\n").append(("nestmap " + help.path() + " " + help.grammar()).strip());
        help.terms().forEach(term -> out.append('\n').append(term));
        out.append("\n```\n\nExample: `").append(help.example()).append("`\n");
        if (!verb.options().isEmpty()) {
            out.append('\n');
            options(out, verb.options());
        }
    }

    private static void options(StringBuilder out, List<Option> options) {
        out.append("| option | |\n| --- | --- |\n");
        for (Option option : options) {
            String label = option.label().isEmpty() ? "" : " " + option.label();
            out.append("| `%s%s` | %s |\n".formatted(
                    String.join("`, `", option.names()), label.replace("|", "\\|"),
                    cell(option.description())));
        }
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
