package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import java.util.List;

/** {@code node show}. */
public final class NodeShow implements Verb {
    @Override
    public Help help() {
        return new Help("node show",
                "Shows one host: what it is, what it applied, what is not as desired",
                "NAME", List.of(), "nestmap node show lb-1");
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        if (invocation.words().size() != 1) {
            throw CommandFailedException
                    .usage("node show: expected the name of one node (see nestmap node list)");
        }
        Output output = invocation.output();
        output.print(output.fleet()
                .node(invocation.client().nodes().get(invocation.words().getFirst()).value()));
        return ExitCode.OK;
    }
}
