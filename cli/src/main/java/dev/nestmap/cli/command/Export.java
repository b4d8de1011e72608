package dev.nestmap.cli.command;

import dev.nestmap.cli.apply.Held;
import dev.nestmap.cli.apply.PlanException;
import dev.nestmap.cli.apply.Snapshot;
import dev.nestmap.cli.manifest.ManifestWriter;
import dev.nestmap.cli.manifest.SlotNames;
import dev.nestmap.cli.render.NamedFields;
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
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
        if (invocation.flag(NO_CONTENTS.name())) {
            ManifestWriter writer = new ManifestWriter(SlotNames.of(listed.value()));
            maps.forEach(map -> output.print(writer.definition(map)));
            return ExitCode.OK;
        }
        List<Held> snapshot = read(client, namespace, maps, listed.revision());
        ManifestWriter writer = new ManifestWriter(
                SlotNames.of(snapshot.stream().map(Held::description).toList()));
        Progress progress = output.progress("maps");
        for (Held map : withUnlinked(snapshot, maps)) {
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

    /** One map alone is cheaper to ask for than its namespace; the slots of an outer map hold others of it. */
    private static List<Held> read(NestmapClient client, String namespace,
            List<MapDescription> maps, long revision) throws CommandFailedException {
        try {
            WatchOptions what = maps.size() == 1 && !maps.getFirst().spec().type().isOuter()
                    ? WatchOptions.map(maps.getFirst().id())
                    : WatchOptions.namespace(namespace);
            return Snapshot.read(client, what, revision).maps();
        } catch (PlanException e) {
            throw Apply.failure(e);
        }
    }

    /** The maps picked, each behind those in its slots that have no name: they exist as contents of the slots alone. */
    private static Collection<Held> withUnlinked(List<Held> snapshot,
            List<MapDescription> picked) {
        Map<Long, Held> byId = new HashMap<>();
        snapshot.forEach(map -> byId.put(map.description().id(), map));
        Map<Long, Held> all = new LinkedHashMap<>();
        for (MapDescription wanted : picked) {
            Held map = byId.get(wanted.id());
            if (map != null) {
                for (Value value : map.elements().values()) {
                    if (value instanceof Value.Slot(MapRef.ById(long id))) {
                        Held inner = byId.get(id);
                        if (inner != null && inner.description().unlinked()) {
                            all.putIfAbsent(id, inner);
                        }
                    }
                }
                all.put(wanted.id(), map);
            }
        }
        return all.values();
    }

    private static void contents(Output output, ManifestWriter writer, Held map) {
        MapSpec spec = map.description().spec();
        if (!ManifestWriter.hasContents(spec.type())) {
            output.print("# the elements of a %s have no keys and are not written\n"
                    .formatted(spec.type().word()));
            return;
        }
        output.print(writer.beginContents());
        NamedFields names = NamedFields.of(spec.btf());
        map.elements()
                .forEach((key, value) -> output.print(writer.element(names, key, value)));
    }
}
