package dev.nestmap.cli.command;

import dev.nestmap.cli.apply.Held;
import dev.nestmap.cli.apply.PlanException;
import dev.nestmap.cli.apply.Snapshot;
import dev.nestmap.cli.manifest.ManifestWriter;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Progress;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code export}: documents that {@code apply} reads. */
public final class Export implements Verb {
    private static final Option ALL = Option.flag("--all-namespaces", "Maps of all namespaces")
            .or("-A");
    private static final Option NO_CONTENTS = Option.flag("--no-contents",
            "Definitions only");

    @Override
    public Help help() {
        return new Help("export",
                "Writes maps with their elements as documents that apply reads, all of one revision",
                "[NAME...] [-A] [--no-contents]",
                List.of("NAME: of a map in the namespace; none: all maps of it"),
                "nestmap export routes blue");
    }

    @Override
    public List<Option> options() {
        return List.of(ALL, NO_CONTENTS);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        NestmapClient client = invocation.client();
        Output output = invocation.output();
        String namespace = invocation.flag(ALL.name()) ? "" : invocation.settings().namespace();
        Answer<List<MapDescription>> listed = client.maps().list(namespace);
        List<MapDescription> maps = pick(invocation, listed.value());
        Map<Long, MapDescription> byId = new HashMap<>();
        listed.value().forEach(map -> byId.put(map.id(), map));
        ManifestWriter writer = new ManifestWriter(id -> Optional.ofNullable(byId.get(id)));
        if (invocation.flag(NO_CONTENTS.name())) {
            maps.forEach(map -> output.print(writer.definition(map)));
            return ExitCode.OK;
        }
        Progress progress = output.progress("maps");
        for (Held map : read(client, namespace, maps, listed.revision())) {
            output.print(writer.definition(map.description()));
            contents(output, writer, map);
            progress.step();
        }
        progress.end();
        return ExitCode.OK;
    }

    private static List<MapDescription> pick(Invocation invocation, List<MapDescription> listed)
            throws CommandFailedException {
        List<MapDescription> named = listed.stream().filter(map -> !map.unlinked()).toList();
        if (invocation.words().isEmpty()) {
            return named;
        }
        List<MapDescription> picked = new ArrayList<>();
        for (String name : invocation.words()) {
            picked.add(named.stream()
                    .filter(map -> map.spec().name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> CommandFailedException.refused(
                            "export: there is no map \"%s\" (see nestmap get maps)".formatted(name),
                            Errno.ENOENT)));
        }
        return picked;
    }

    /** One map alone is cheaper to ask for than its namespace. */
    private static List<Held> read(NestmapClient client, String namespace,
            List<MapDescription> maps, long revision) throws CommandFailedException {
        try {
            WatchOptions what = maps.size() == 1
                    ? WatchOptions.map(maps.getFirst().id())
                    : WatchOptions.namespace(namespace);
            Map<Long, Held> held = new HashMap<>();
            for (Held map : Snapshot.read(client, what, revision).maps()) {
                held.put(map.description().id(), map);
            }
            return maps.stream()
                    .flatMap(map -> Optional.ofNullable(held.get(map.id())).stream())
                    .toList();
        } catch (PlanException e) {
            throw Apply.failure(e);
        }
    }

    private static void contents(Output output, ManifestWriter writer, Held map) {
        MapSpec spec = map.description().spec();
        if (!ManifestWriter.hasContents(spec.type())) {
            output.print("# the elements of a %s have no keys and are not written\n"
                    .formatted(spec.type().word()));
            return;
        }
        output.print(writer.beginContents());
        map.elements().forEach((key, value) -> output.print(writer.element(key, value)));
    }
}
