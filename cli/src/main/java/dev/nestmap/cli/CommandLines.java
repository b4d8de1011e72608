package dev.nestmap.cli;

import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Durations;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Format;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Parsed;
import dev.nestmap.cli.verb.Settings;
import dev.nestmap.cli.verb.Style;
import dev.nestmap.cli.verb.Verb;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * Parses command lines: picocli finds the verb and the options, wherever these stand, and leaves the words. Its model
 * is built by hand: reading annotations would cost a short verb more than all it does.
 */
final class CommandLines {
    private CommandLines() {}

    /** How a command line that cannot be parsed would have liked its answer. */
    static Style probableStyle(List<String> arguments) {
        return arguments.contains("-p") || arguments.contains("--pretty")
                ? Style.bpftool(Json.PRETTY)
                : arguments.contains("-j") || arguments.contains("--json")
                        ? Style.bpftool(Json.COMPACT)
                        : Style.text();
    }

    /** The first word of it that is one of a verb; empty where there is none. */
    static String probablePath(List<String> arguments) {
        return arguments.stream()
                .filter(word -> Verbs.GROUPS.containsKey(word) || HelpText.find(word).isPresent())
                .findFirst()
                .orElse("");
    }

    static Parsed parse(List<String> arguments, Map<String, String> environment)
            throws CommandFailedException {
        if (arguments.isEmpty()) {
            return new Parsed.Incomplete(HelpText.overview(), ExitCode.USAGE);
        }
        if (arguments.equals(List.of("version")) || arguments.equals(List.of("--version"))) {
            return new Parsed.Explain("nestmap %s\n".formatted(Optional
                    .ofNullable(CommandLines.class.getPackage().getImplementationVersion())
                    .orElse("development build")));
        }
        if (arguments.getFirst().equals("help")) {
            return help(arguments.subList(1, arguments.size()));
        }
        if (arguments.size() == 2 && arguments.getLast().equals("help")
                && Verbs.GROUPS.containsKey(arguments.getFirst())) {
            return new Parsed.Explain(HelpText.group(arguments.getFirst()));
        }
        try {
            ParseResult result = new CommandLine(root()).setExpandAtFiles(false)
                    .parseArgs(arguments.toArray(String[]::new));
            return interpret(levels(result), environment);
        } catch (CommandLine.ParameterException e) {
            throw CommandFailedException.usage(e.getMessage() + " (see nestmap help)");
        }
    }

    private static Parsed help(List<String> words) throws CommandFailedException {
        String path = String.join(" ", words);
        if (path.isEmpty()) {
            return new Parsed.Explain(HelpText.overview());
        }
        switch (path) {
            case "exit-codes" -> {
                return new Parsed.Explain(ExitCode.text());
            }
            case "documents" -> {
                return new Parsed.Explain(DocumentHelp.TEXT);
            }
            case "reference" -> {
                return new Parsed.Explain(Reference.markdown());
            }
            default -> {
                // A verb, or nothing.
            }
        }
        if (Verbs.GROUPS.containsKey(path)) {
            return new Parsed.Explain(HelpText.group(path));
        }
        return new Parsed.Explain(HelpText.verb(HelpText.find(path)
                .orElseThrow(() -> CommandFailedException.usage(
                        "help: there is no command \"%s\" (see nestmap help)".formatted(path)))));
    }

    private static Parsed interpret(List<ParseResult> levels, Map<String, String> environment)
            throws CommandFailedException {
        ParseResult last = levels.getLast();
        Object command = last.commandSpec().userObject();
        boolean helpWanted = levels.stream()
                .anyMatch(level -> level.hasMatchedOption(GlobalOptions.HELP.name()));
        if (!(command instanceof Verb verb)) {
            String group = levels.size() == 1 ? "" : last.commandSpec().name();
            if (!words(last).isEmpty()) {
                throw noSuch((group + " " + words(last).getFirst()).strip(), group);
            }
            String text = group.isEmpty() ? HelpText.overview() : HelpText.group(group);
            return helpWanted
                    ? new Parsed.Explain(text)
                    : new Parsed.Incomplete(text, ExitCode.usage(group));
        }
        for (ParseResult level : levels.subList(0, levels.size() - 1)) {
            if (!words(level).isEmpty()) {
                throw noSuch(words(level).getFirst(), "");
            }
        }
        if (helpWanted) {
            return new Parsed.Explain(HelpText.verb(verb));
        }
        refuseForeignOptions(levels, verb);
        for (String word : words(last)) {
            if (word.startsWith("--")) {
                throw CommandFailedException.usage(
                        "there is no option %s%s (see nestmap %s --help)".formatted(word,
                                Suggestions.option(word, verb), verb.help().path()));
            }
        }
        Map<String, List<String>> options = new HashMap<>();
        for (Option option : verb.options()) {
            levels.forEach(level -> value(level, option)
                    .ifPresent(values -> options.put(option.name(), values)));
        }
        return new Parsed.Run(verb, words(last), options,
                settings(levels, environment),
                Format.of(layout(levels), given(levels, GlobalOptions.FORMAT), verb.formats()));
    }

    /** An option before the last word of a verb that only another verb knows: of agent in agent status. */
    private static void refuseForeignOptions(List<ParseResult> levels, Verb verb)
            throws CommandFailedException {
        List<String> known = Stream.concat(GlobalOptions.ALL.stream(), verb.options().stream())
                .map(Option::name)
                .toList();
        for (ParseResult level : levels) {
            for (OptionSpec given : level.matchedOptions()) {
                if (!known.contains(given.longestName())) {
                    throw CommandFailedException.usage("%s has no option %s (see nestmap %s --help)"
                            .formatted(verb.help().path(), given.longestName(),
                                    verb.help().path()));
                }
            }
        }
    }

    private static Optional<Json.Layout> layout(List<ParseResult> levels) {
        return given(levels, GlobalOptions.PRETTY).map(_ -> Json.Layout.PRETTY)
                .or(() -> given(levels, GlobalOptions.JSON).map(_ -> Json.Layout.COMPACT));
    }

    private static CommandFailedException noSuch(String path, String group) {
        String word = path.substring(path.lastIndexOf(' ') + 1);
        String more = ("nestmap help " + group).strip();
        return CommandFailedException.usage(word.startsWith("-")
                ? "there is no option %s (see %s)".formatted(word, more)
                : "there is no command \"nestmap %s\"%s (see %s)".formatted(path,
                        Suggestions.command(path), more));
    }

    private static Settings settings(List<ParseResult> levels, Map<String, String> environment)
            throws CommandFailedException {
        String servers = given(levels, GlobalOptions.SERVER)
                .or(() -> variable(environment, "NESTMAP_SERVER"))
                .orElse("");
        String namespace = given(levels, GlobalOptions.NAMESPACE)
                .or(() -> variable(environment, "NESTMAP_NAMESPACE"))
                .orElse(Settings.DEFAULTS.namespace());
        Optional<String> timeout = given(levels, GlobalOptions.TIMEOUT);
        @Nullable
        Duration givenTimeout = timeout.isPresent()
                ? Durations.parse(GlobalOptions.TIMEOUT.name(), timeout.get())
                : null;
        return new Settings(servers.isEmpty()
                ? Settings.DEFAULTS.servers()
                : List.of(servers.split(",", -1)), namespace, givenTimeout);
    }

    private static Optional<String> variable(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /** The value of a global option; the one behind the verb wins over the one before it. */
    private static Optional<String> given(List<ParseResult> levels, Option option) {
        return levels.reversed()
                .stream()
                .flatMap(level -> value(level, option).stream())
                .findFirst()
                .map(List::getFirst);
    }

    private static Optional<List<String>> value(ParseResult level, Option option) {
        return level.hasMatchedOption(option.name())
                ? Optional.of(level.matchedOption(option.name()).stringValues())
                : Optional.empty();
    }

    private static List<String> words(ParseResult level) {
        return level.hasMatchedPositional(0)
                ? level.matchedPositional(0).stringValues()
                : List.of();
    }

    private static List<ParseResult> levels(ParseResult root) {
        List<ParseResult> levels = new ArrayList<>();
        for (ParseResult level = root; level != null; level = level.subcommand()) {
            levels.add(level);
        }
        return levels;
    }

    private static CommandSpec root() {
        CommandSpec root = command("nestmap", null, List.of());
        Map<String, CommandSpec> groups = new HashMap<>();
        Verbs.GROUPS.keySet().forEach(group -> {
            CommandSpec spec = command(group, null, List.of());
            groups.put(group, spec);
            root.addSubcommand(group, spec);
        });
        for (Verb verb : Verbs.all()) {
            CommandSpec spec = command(verb.help().word(), verb, verb.options());
            spec.aliases(verb.help().aliases().toArray(String[]::new));
            groups.getOrDefault(verb.help().group(), root)
                    .addSubcommand(verb.help().word(), spec);
            // A verb can be the first word of others, as agent is that of agent status.
            groups.putIfAbsent(verb.help().path(), spec);
        }
        return root;
    }

    private static CommandSpec command(String name, @Nullable Verb verb, List<Option> options) {
        CommandSpec spec = verb == null
                ? CommandSpec.create()
                : CommandSpec.wrapWithoutInspection(verb);
        spec.name(name);
        GlobalOptions.ALL.forEach(option -> spec.addOption(option(option)));
        options.forEach(option -> spec.addOption(option(option)));
        // A map verb's words may begin with a hyphen where someone mistyped an option; its grammar says so best.
        spec.parser().unmatchedOptionsArePositionalParams(true);
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("WORD")
                .build());
        return spec;
    }

    private static OptionSpec option(Option option) {
        OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(String[]::new))
                .paramLabel(option.label());
        if (option.label().isEmpty()) {
            return builder.arity("0").type(boolean.class).build();
        }
        return option.times() == Option.Times.MANY
                ? builder.arity("1").type(List.class).auxiliaryTypes(String.class).build()
                : builder.arity("1").type(String.class).build();
    }
}
