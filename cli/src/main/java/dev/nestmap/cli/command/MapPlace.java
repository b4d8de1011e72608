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

/** {@code map place}. */
public final class MapPlace implements Verb {
    @Override
    public Help help() {
        return new Help("map place", "Wants a map on other nodes", "MAP SELECTOR|all",
                List.of(Help.MAP,
                        "SELECTOR: labels of nodes, as in 'role=lb,zone in (a,b)'",
                        "The map keeps its id and its elements, and its kernel map on nodes that wanted it before and still do"),
                "nestmap map place name vips 'role=lb'");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        Command.Place place = invocation.grammar().place(invocation.words());
        long revision = invocation.client()
                .map(place.map())
                .place(place.placement())
                .revision();
        Output output = invocation.output();
        output.print(output.maps().changed(revision));
        return ExitCode.OK;
    }
}
