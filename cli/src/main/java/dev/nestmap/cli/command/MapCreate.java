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
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.state.Command;
import java.util.List;
import java.util.Optional;

/** {@code map create}. */
public final class MapCreate implements Verb {
    private static final int TYPES_COLUMN = 8;
    private static final int LINE_WIDTH = 110;

    @Override
    public Help help() {
        return new Help("map create", "Defines a map",
                """
                        [FILE] type TYPE key N value N entries N name NAME [flags N]
                            [inner_map MAP | inner_map type TYPE key N value N entries N [flags N]]
                            [placement SELECTOR|all|none] [publish in_place|sealed]
                            [ownership exclusive|shared|seed|observed] [unresolved keep|empty] [numa N] [map_extra N]
                        [FILE] name NAME like MAP [entries N] [placement SELECTOR|all|none] ...
                        [FILE] name NAME of MAP [entries N] [placement SELECTOR|all|none] ...""",
                List.of("FILE  := absolute path of the pin on every node; default: PIN_ROOT/NAMESPACE/NAME",
                        types(),
                        Help.MAP,
                        "like MAP: the definition of a map with its types, without its elements; what is to differ stands behind",
                        "of MAP: a map that fits into the slots of an outer map, with the types of its inner template; placement none if not said",
                        "SELECTOR: on which nodes, as in role=lb,zone in (a,b),!drained; none: only where an outer map holds it",
                        "publish sealed, for outer maps: each change of an inner map is built aside as another kernel map, then all slots change at once",
                        "ownership: who may write the elements on a node; exclusive: the agent alone; shared: the agent only what the store holds; seed: the agent once, when it creates the map; observed: never the agent; default: as the type is",
                        "unresolved: where a node expression means nothing on a node, keep its last value (default) or empty its slot",
                        "N     := decimal, 0x hexadecimal or 0 octal; sizes are in bytes"),
                "nestmap map create type array_of_maps key 4 value 4 entries 256 name routes inner_map name template");
    }

    private static String types() {
        StringBuilder out = new StringBuilder("TYPE  :=");
        int column = out.length();
        for (MapType type : MapType.values()) {
            String word = (type == MapType.HASH ? " " : " | ") + type.word();
            if (column + word.length() > LINE_WIDTH) {
                out.append("\n        ");
                column = TYPES_COLUMN;
            }
            out.append(word);
            column += word.length();
        }
        return out.toString();
    }

    @Override
    public Optional<String> bpftoolComplaint() {
        return Optional.of("map create failed");
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        NestmapClient client = invocation.client();
        Command.Create create = invocation.grammar()
                .create(invocation.words(), map -> client.map(map).describe().value().spec());
        Answer<MapDescription> answer = client.maps()
                .create(create.spec(), create.inner());
        Output output = invocation.output();
        output.print(output.maps().created(answer.value(), answer.revision()));
        return ExitCode.OK;
    }
}
