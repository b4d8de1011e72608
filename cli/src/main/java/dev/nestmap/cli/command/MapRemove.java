package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.render.MapRenderer.Survivor;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.Answer;
import dev.nestmap.client.Deleted;
import java.util.List;

/** {@code map remove}: the name, as unlinking a pin does. */
public final class MapRemove implements Verb {
    @Override
    public Help help() {
        return new Help("map remove",
                "Removes a map's name; the map itself goes when no slot holds it any more", "MAP",
                List.of(Help.MAP), "nestmap map remove name template");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        Answer<Deleted> answer = invocation.client()
                .map(invocation.grammar().map("map remove", invocation.words()))
                .delete();
        Survivor survivor = answer.value().stillReferenced()
                ? Survivor.HELD_BY_SLOTS
                : Survivor.NONE;
        Output output = invocation.output();
        output.print(output.maps().removed(answer.revision(), survivor));
        return ExitCode.OK;
    }
}
