package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Verb;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@code completion}: prints what a shell needs to complete command lines. */
public final class Completion implements Verb {
    private final Function<String, Optional<String>> scripts;

    /** Takes the script of each shell by its name. */
    public Completion(Function<String, Optional<String>> scripts) {
        this.scripts = scripts;
    }

    @Override
    public Help help() {
        return new Help("completion", "Prints the completion of command lines for a shell",
                "bash | zsh",
                List.of("For this shell: source <(nestmap completion bash); for all: put it where the shell looks for it.",
                        "Names of maps are asked of the store, those that begin so in the namespace."),
                "nestmap completion bash");
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        List<String> words = invocation.words();
        Optional<String> script = words.size() == 1
                ? scripts.apply(words.getFirst())
                : Optional.empty();
        invocation.output()
                .print(script.orElseThrow(() -> CommandFailedException.usage(
                        "completion: expected bash or zsh (see nestmap completion --help)")));
        return ExitCode.OK;
    }
}
