package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.grammar.MapGrammar.KeyOf;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import java.util.List;
import java.util.Optional;

/** {@code map delete}: one element, as with bpftool; a whole map is {@link MapRemove}. */
public final class MapDelete implements Verb {
    @Override
    public Help help() {
        return new Help("map delete", "Deletes one element (a whole map: nestmap map remove)",
                "MAP key DATA", List.of(Help.MAP, Help.DATA),
                "nestmap map delete name routes key 1 0 0 0");
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("delete failed");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        KeyOf asked = invocation.grammar()
                .keyOf("map delete",
                        TypedWords.asBytes(invocation, "map delete"));
        long revision = invocation.client().map(asked.map()).deleteElem(asked.key()).revision();
        Output output = invocation.output();
        output.print(output.maps().changed(revision));
        return ExitCode.OK;
    }
}
