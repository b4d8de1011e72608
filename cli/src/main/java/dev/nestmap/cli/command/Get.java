package dev.nestmap.cli.command;

import dev.nestmap.cli.manifest.ManifestWriter;
import dev.nestmap.cli.manifest.SlotNames;
import dev.nestmap.cli.render.FleetRenderer;
import dev.nestmap.cli.render.MapTable;
import dev.nestmap.cli.render.NodeYaml;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Format;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NodeDescription;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.LabelSelector;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** {@code get}, in kubectl's form. */
public final class Get implements Verb {
    private static final Option ALL = Option.flag("--all-namespaces", "Maps of all namespaces")
            .or("-A");
    private static final Option SELECTOR = Option
            .value("--selector", "SELECTOR", "Only nodes whose labels match")
            .or("-l");

    @Override
    public Help help() {
        return new Help("get", "Shows maps or nodes as tables, JSON or documents",
                "maps [NAME...] | map NAME | nodes [-l SELECTOR] | node NAME",
                List.of("-o wide shows more columns, -o yaml documents that apply reads (without elements), -o json all."),
                "nestmap get maps -o wide");
    }

    @Override
    public List<Option> options() {
        return List.of(ALL, SELECTOR);
    }

    @Override
    public Set<Format.Name> formats() {
        return EnumSet.allOf(Format.Name.class);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        List<String> words = invocation.words();
        String kind = words.isEmpty() ? "" : words.getFirst();
        List<String> names = words.isEmpty() ? List.of() : words.subList(1, words.size());
        switch (kind) {
            case "maps", "map" -> maps(invocation, names);
            case "nodes", "node" -> nodes(invocation, names);
            default -> throw CommandFailedException.usage(kind.isEmpty()
                    ? "get: expected maps or nodes (see nestmap get --help)"
                    : "get: there are no \"%s\", only maps and nodes".formatted(kind));
        }
        return ExitCode.OK;
    }

    private static void maps(Invocation invocation, List<String> names)
            throws CommandFailedException {
        if (invocation.option(SELECTOR.name()).isPresent()) {
            throw CommandFailedException
                    .usage("get: maps have no labels, nodes have: -l is for get nodes");
        }
        NestmapClient client = invocation.client();
        List<MapDescription> maps = new ArrayList<>();
        if (names.isEmpty()) {
            maps.addAll(client.maps()
                    .list(invocation.flag(ALL.name()) ? "" : invocation.settings().namespace())
                    .value());
        }
        for (String name : names) {
            maps.add(client.map(name).describe().value());
        }
        Output output = invocation.output();
        output.print(switch (invocation.format()) {
            case TABLE -> MapTable.narrow(maps);
            case WIDE -> MapTable.wide(maps);
            case JSON -> names.size() == 1
                    ? output.style().full().maps().map(maps.getFirst())
                    : output.style().full().maps().maps(maps);
            case YAML -> yaml(maps);
        });
    }

    private static String yaml(List<MapDescription> maps) {
        ManifestWriter writer = new ManifestWriter(SlotNames.of(maps));
        StringBuilder out = new StringBuilder();
        // A map without a name is contents of the slots that hold it, and contents are not written here.
        maps.stream()
                .filter(map -> !map.unlinked())
                .forEach(map -> out.append(writer.definition(map)).append(writer.status(map)));
        return out.toString();
    }

    private static void nodes(Invocation invocation, List<String> names)
            throws CommandFailedException {
        LabelSelector selector = switch (LabelSelector
                .parse(invocation.option(SELECTOR.name()).orElse(""))) {
            case Outcome.Done<LabelSelector>(LabelSelector parsed) -> parsed;
            case Outcome.Refused<LabelSelector>(Refusal refusal) ->
                throw CommandFailedException.usage("get: " + refusal.rule());
        };
        List<NodeDescription> nodes = new ArrayList<>();
        if (names.isEmpty()) {
            nodes.addAll(invocation.client().nodes().list(selector).value());
        }
        for (String name : names) {
            nodes.add(invocation.client().nodes().get(name).value());
        }
        Output output = invocation.output();
        FleetRenderer renderer = output.fleet();
        output.print(switch (invocation.format()) {
            case TABLE, WIDE -> renderer.nodes(nodes);
            case JSON -> names.size() == 1
                    ? renderer.node(nodes.getFirst())
                    : renderer.nodes(nodes);
            case YAML -> NodeYaml.of(nodes);
        });
    }
}
