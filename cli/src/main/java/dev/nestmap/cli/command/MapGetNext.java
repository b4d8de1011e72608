package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.grammar.MapGrammar.AfterKey;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.model.Bytes;
import java.util.List;
import java.util.Optional;

/** {@code map getnext}. */
public final class MapGetNext implements Verb {
    @Override
    public Help help() {
        return new Help("map getnext", "Shows the key behind another, or the first",
                "MAP [key DATA]", List.of(Help.MAP, Help.DATA),
                "nestmap map getnext name routes key 1 0 0 0");
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("can't get next key");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        AfterKey asked = invocation.grammar()
                .afterKey("map getnext",
                        TypedWords.asBytes(invocation, "map getnext"));
        Bytes next = invocation.client()
                .map(asked.map())
                .nextKey(Optional.ofNullable(asked.key()))
                .value();
        Output output = invocation.output();
        output.print(output.maps().nextKey(asked.key(), next));
        return ExitCode.OK;
    }
}
