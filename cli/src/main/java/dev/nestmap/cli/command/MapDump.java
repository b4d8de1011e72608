package dev.nestmap.cli.command;

import dev.nestmap.cli.apply.Contents;
import dev.nestmap.cli.apply.PlanException;
import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.render.MapRenderer;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code map dump}. */
public final class MapDump implements Verb {
    private static final Option RECURSIVE = Option.flag("--recursive",
            "Of an outer map: the elements of the maps in its slots too");

    @Override
    public Help help() {
        return new Help("map dump", "Shows all elements of a map",
                "MAP [--recursive] [--node NODE... | --all-nodes [--sum]]",
                List.of(Help.MAP, LiveTarget.TERM), "nestmap map dump name routes");
    }

    @Override
    public List<Option> options() {
        return Stream.concat(Stream.of(RECURSIVE), LiveTarget.options().stream()).toList();
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        MapRef asked = invocation.grammar().map("map dump", invocation.words());
        Optional<LiveTarget> target = LiveTarget.of(invocation, help());
        if (target.isPresent()) {
            return new LiveAnswers(invocation, target.get()).dump(asked,
                    invocation.flag(RECURSIVE.name()));
        }
        NestmapClient client = invocation.client();
        Answer<MapDescription> map = client.map(asked).describe();
        MapSpec spec = map.value().spec();
        Output output = invocation.output();
        if (invocation.flag(RECURSIVE.name()) && spec.type().isOuter()) {
            return new DumpPrinter(client, spec, output, output.maps())
                    .runWithInnerMaps(elements(client, map), inner -> elements(client, inner));
        }
        MapRenderer renderer = TypedWords.types(map.value())
                .map(output.maps()::typed)
                .orElseGet(output::maps);
        return new DumpPrinter(client, spec, output, renderer).run(elements(client, map));
    }

    /** All elements of a map, whatever its type. */
    static Iterable<Element> elements(NestmapClient client, Answer<MapDescription> map)
            throws CommandFailedException {
        return switch (map.value().spec().type()) {
            // Like the kernel's, the store's devmaps have no batches.
            case DEVMAP, DEVMAP_HASH -> contents(client, map);
            default -> client.map(map.value().ref()).elements();
        };
    }

    private static List<Element> contents(NestmapClient client, Answer<MapDescription> map)
            throws CommandFailedException {
        try {
            return Contents.read(client, map.value(), map.revision())
                    .entrySet()
                    .stream()
                    .map(element -> new Element(element.getKey(), element.getValue()))
                    .sorted(Comparator.comparingLong(
                            element -> Integer.toUnsignedLong(element.key().intLe(0))))
                    .toList();
        } catch (PlanException e) {
            throw Apply.failure(e);
        }
    }
}
