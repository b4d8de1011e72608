package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import java.util.List;
import java.util.Optional;

/** {@code map freeze}. */
public final class MapFreeze implements Verb {
    @Override
    public Help help() {
        return new Help("map freeze", "Refuses every later change of a map's elements", "MAP",
                List.of(Help.MAP), "nestmap map freeze name routes");
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("failed to freeze map");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        long revision = invocation.client()
                .map(invocation.grammar().map("map freeze", invocation.words()))
                .freeze()
                .revision();
        Output output = invocation.output();
        output.print(output.maps().changed(revision));
        return ExitCode.OK;
    }
}
