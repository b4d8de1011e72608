package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.AppliedNodes;
import dev.nestmap.model.map.MapRef;
import java.time.Duration;
import java.util.List;

/** {@code map wait}. */
public final class MapWait implements Verb {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public Help help() {
        return new Help("map wait",
                "Waits until the kernels of all nodes that a map is placed on hold it; names those that do not",
                "MAP [--for=applied] [--revision R] [--timeout 60s]", List.of(Help.MAP),
                "nestmap map wait name routes --for=applied --timeout 10s");
    }

    @Override
    public List<Option> options() {
        return List.of(
                Option.value("--for", "STATE", "What to wait for; applied is all there is"),
                Option.value("--revision", "R",
                        "The revision that must be applied; default: the map's newest"));
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        MapRef map = invocation.grammar().map("map wait", invocation.words());
        String state = invocation.option("--for").orElse("applied");
        if (!state.equals("applied")) {
            throw CommandFailedException.usage(
                    "map wait: --for=%s: only applied can be waited for".formatted(state));
        }
        AppliedNodes nodes = invocation.client()
                .nodes()
                .waitApplied(map, revision(invocation),
                        invocation.settings().timeout().orElse(PATIENCE))
                .value();
        Output output = invocation.output();
        output.print(output.fleet().applied(nodes));
        return nodes.complete() ? ExitCode.OK : ExitCode.FAILED;
    }

    private static long revision(Invocation invocation) throws CommandFailedException {
        String text = invocation.option("--revision").orElse("0");
        try {
            return Long.parseUnsignedLong(text);
        } catch (NumberFormatException e) {
            throw CommandFailedException
                    .usage("map wait: --revision %s: must be a number".formatted(text));
        }
    }
}
