package dev.nestmap.cli.command;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.LabelSelector;
import java.util.List;

/** {@code node list}. */
public final class NodeList implements Verb {
    @Override
    public Help help() {
        return new Help("node list", "Shows the hosts of the fleet", "[-l SELECTOR]",
                List.of("SELECTOR: as in role=lb,zone in (a,b),!drained"),
                "nestmap node list -l role=lb");
    }

    @Override
    public List<Option> options() {
        return List.of(Option.value("--selector", "SELECTOR", "Only nodes whose labels match")
                .or("-l"));
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        invocation.refuseWords(help());
        LabelSelector selector = switch (LabelSelector
                .parse(invocation.option("--selector").orElse(""))) {
            case Outcome.Done<LabelSelector>(LabelSelector parsed) -> parsed;
            case Outcome.Refused<LabelSelector>(Refusal refusal) ->
                throw CommandFailedException.usage("node list: " + refusal.rule());
        };
        Output output = invocation.output();
        output.print(output.fleet().nodes(invocation.client().nodes().list(selector).value()));
        return ExitCode.OK;
    }
}
