package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.model.state.Command;
import java.util.List;
import java.util.Optional;

/** {@code map update}. */
public final class MapUpdate implements Verb {
    @Override
    public Help help() {
        return new Help("map update", "Writes one element",
                "MAP [key DATA] value VALUE [any|exist|noexist]",
                List.of(Help.MAP, Help.DATA, Help.VALUE,
                        "any: create or replace (default); exist: replace only; noexist: create only"),
                "nestmap map update name routes key 1 0 0 0 value name inner1");
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("update failed");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        TypedWords.Read typed = TypedWords.read(invocation, "map update");
        Command.Update update = invocation.grammar().update(typed.words());
        long revision = invocation.client()
                .map(update.map())
                .update(update.key(), typed.perCpu().orElse(update.value()), update.flags())
                .revision();
        Output output = invocation.output();
        output.print(output.maps().changed(revision));
        return ExitCode.OK;
    }
}
