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

/** {@code map push}, and {@code map enqueue}, which is the same. */
public final class MapPush implements Verb {
    @Override
    public Help help() {
        return new Help("map push", List.of("enqueue"), "Puts a value into a queue or onto a stack",
                "MAP value VALUE", List.of(Help.MAP, Help.DATA, Help.VALUE),
                "nestmap map push name jobs value 1 0 0 0");
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("update failed");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        Command.Update push = invocation.grammar().push("map push", invocation.words());
        long revision = invocation.client()
                .map(push.map())
                .update(push.key(), push.value(), push.flags())
                .revision();
        Output output = invocation.output();
        output.print(output.maps().changed(revision));
        return ExitCode.OK;
    }
}
