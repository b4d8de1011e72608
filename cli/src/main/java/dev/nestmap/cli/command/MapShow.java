package dev.nestmap.cli.command;

import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.model.map.MapRef;
import java.util.List;
import java.util.Optional;

/** {@code map show}. */
public final class MapShow implements Verb {
    private static final String ALL_NAMESPACES = "--all-namespaces";

    @Override
    public Help help() {
        return new Help("map show", List.of("list"), "Shows definitions and states of maps",
                "[MAP]", List.of(Help.MAP), "nestmap map show name routes");
    }

    @Override
    public List<Option> options() {
        return List.of(Option.flag(ALL_NAMESPACES, "Maps of all namespaces").or("-A"));
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        Optional<MapRef> map = invocation.grammar().optionalMap("map show", invocation.words());
        Output output = invocation.output();
        if (map.isPresent()) {
            output.print(output.maps()
                    .map(invocation.client().map(map.get()).describe().value()));
        } else {
            String namespace = invocation.flag(ALL_NAMESPACES)
                    ? ""
                    : invocation.settings().namespace();
            output.print(output.maps().maps(invocation.client().maps().list(namespace).value()));
        }
        return ExitCode.OK;
    }
}
