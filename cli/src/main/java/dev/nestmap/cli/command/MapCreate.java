package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.state.Command;
import java.util.List;
import java.util.Optional;

/** {@code map create}. */
public final class MapCreate implements Verb {
    @Override
    public Help help() {
        return new Help("map create", "Defines a map",
                """
                        [FILE] type TYPE key N value N entries N name NAME [flags N]
                            [inner_map MAP | inner_map type TYPE key N value N entries N [flags N]]
                            [placement SELECTOR|all|none] [numa N] [map_extra N]""",
                List.of("FILE  := absolute path of the pin on every node; default: PIN_ROOT/NAMESPACE/NAME",
                        "TYPE  := array | hash | devmap | devmap_hash | array_of_maps | hash_of_maps",
                        Help.MAP,
                        "SELECTOR: on which nodes, as in role=lb,zone in (a,b),!drained; none: only where an outer map holds it",
                        "N     := decimal, 0x hexadecimal or 0 octal; sizes are in bytes"),
                "nestmap map create type array_of_maps key 4 value 4 entries 256 name routes inner_map name template");
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("map create failed");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        Command.Create create = invocation.grammar().create(invocation.words());
        Answer<MapDescription> answer = invocation.client()
                .maps()
                .create(create.spec(), create.inner());
        Output output = invocation.output();
        output.print(output.maps().created(answer.value(), answer.revision()));
        return ExitCode.OK;
    }
}
