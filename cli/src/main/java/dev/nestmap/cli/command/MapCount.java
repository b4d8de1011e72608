package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.model.map.MapRef;
import java.util.List;
import java.util.Optional;

/** {@code map count}, which bpftool lacks. */
public final class MapCount implements Verb {
    @Override
    public Help help() {
        return new Help("map count", "Counts the elements of a map",
                "MAP [--node NODE... | --all-nodes [--sum]]",
                List.of(Help.MAP,
                        "in the store, of array types: those that differ from zeros; in a kernel: all that a dump there shows"),
                "nestmap map count name routes --node host7");
    }

    @Override
    public List<Option> options() {
        return LiveTarget.options();
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        MapRef map = invocation.grammar().map("map count", invocation.words());
        Optional<LiveTarget> target = LiveTarget.of(invocation, help());
        if (target.isPresent()) {
            return new LiveAnswers(invocation, target.get()).count(map);
        }
        long elements = invocation.client().map(map).describe().value().elements();
        invocation.output().print(invocation.output().style().live().count(elements));
        return ExitCode.OK;
    }
}
