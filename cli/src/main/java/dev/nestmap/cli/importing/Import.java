package dev.nestmap.cli.importing;

import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.object.BpfObject;
import dev.nestmap.model.object.MapDefinition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** {@code import}: the maps that a compiled program defines, all in one transaction or none. */
public final class Import implements Verb {
    private static final Option DIFF = Option.flag("--diff",
            "Show what would change and change nothing; 1 where something would");
    private static final Option MAP = Option
            .value("--map", "NAME", "Only this map of the file; may be repeated")
            .repeatable();

    @Override
    public Help help() {
        return new Help("import", "Defines the maps of a BPF object file, with the types of their "
                + "keys and values", "FILE [--diff] [--map NAME]...",
                List.of("FILE: what clang -g -target bpf -c made; nothing of it is loaded"),
                "nestmap import lb.bpf.o --diff");
    }

    @Override
    public List<Option> options() {
        return List.of(DIFF, MAP);
    }

    @Override
    public int run(Invocation invocation) throws CommandFailedException {
        if (invocation.words().size() != 1 || invocation.words().getFirst().startsWith("-")) {
            throw CommandFailedException
                    .usage("import: expected one FILE (see nestmap import --help)");
        }
        String path = invocation.words().getFirst();
        BpfObject object = read(path);
        List<MapDefinition> chosen = chosen(path, object, invocation.optionValues(MAP.name()));
        String namespace = invocation.settings().namespace();
        Map<String, MapDescription> stored = new TreeMap<>();
        invocation.client().maps().list(namespace).value().forEach(map -> {
            if (!map.unlinked()) {
                stored.put(map.spec().name(), map);
            }
        });
        ImportPlan plan = ImportPlan.of(chosen, namespace, stored);
        Output output = invocation.output();
        if (invocation.flag(DIFF.name())) {
            output.print(ImportText.of(output.style(), plan, object.skipped()));
            return plan.others().isEmpty() && plan.missing().isEmpty()
                    && plan.refused().isEmpty()
                            ? ExitCode.OK
                            : ExitCode.FAILED;
        }
        refuseOthers(path, plan);
        refuseRefused(path, plan);
        commit(invocation, path, plan);
        output.print(ImportText.of(output.style(), plan, object.skipped()));
        return ExitCode.OK;
    }

    private static BpfObject read(String path) throws CommandFailedException {
        Bytes file = ObjectFile.read(path);
        return switch (BpfObject.parse(file)) {
            case Outcome.Done<BpfObject>(BpfObject object) -> object;
            case Outcome.Refused<BpfObject>(Refusal refusal) ->
                throw CommandFailedException.usage("import: %s %s".formatted(path,
                        refusal.rule()));
        };
    }

    private static List<MapDefinition> chosen(String path, BpfObject object, List<String> names)
            throws CommandFailedException {
        for (String name : names) {
            if (object.maps().stream().noneMatch(map -> map.name().equals(name))) {
                throw CommandFailedException.usage(
                        "import: %s defines no map \"%s\"; it defines %s".formatted(path, name,
                                object.maps()
                                        .stream()
                                        .map(MapDefinition::name)
                                        .collect(Collectors.joining(", "))));
            }
        }
        return object.maps()
                .stream()
                .filter(map -> names.isEmpty() || names.contains(map.name()))
                .toList();
    }

    private static void refuseOthers(String path, ImportPlan plan) throws CommandFailedException {
        if (plan.others().isEmpty()) {
            return;
        }
        String differences = plan.others()
                .stream()
                .map(other -> "\"%s\" (%s)".formatted(other.spec().name(), other.differences()
                        .stream()
                        .map(field -> "%s: %s in the store, %s in the file".formatted(
                                field.field(), field.stored(), field.wanted()))
                        .collect(Collectors.joining("; "))))
                .collect(Collectors.joining(", "));
        throw CommandFailedException.refused(
                "import: %s: nothing was imported, because maps of these names are there and differ: %s; remove "
                        .formatted(path, differences)
                        + "them first, or choose others with --map",
                Errno.EEXIST);
    }

    private static void refuseRefused(String path, ImportPlan plan)
            throws CommandFailedException {
        if (!plan.refused().isEmpty()) {
            Refusal first = plan.refused().getFirst().refusal();
            throw CommandFailedException.refused(
                    "import: %s: nothing was imported: %s; choose other maps with --map".formatted(
                            path, plan.refused()
                                    .stream()
                                    .map(map -> map.refusal().rule())
                                    .collect(Collectors.joining("; "))),
                    first.errno());
        }
    }

    private static void commit(Invocation invocation, String path, ImportPlan plan)
            throws CommandFailedException {
        if (plan.missing().isEmpty()) {
            return;
        }
        TxnOutcome outcome = invocation.client()
                .txn(plan.conditions(), plan.steps(), List.of())
                .value();
        switch (outcome) {
            case TxnOutcome.Done(boolean held, _, _) -> {
                if (!held) {
                    throw CommandFailedException.refused(
                            "import: %s: nothing was imported, because somebody defined one of its maps at this "
                                    .formatted(path)
                                    + "moment; run it again",
                            Errno.EEXIST);
                }
            }
            case TxnOutcome.Refused(_, _, Refusal refusal) -> throw CommandFailedException.refused(
                    "import: %s: nothing was imported: %s".formatted(path, refusal.rule()),
                    refusal.errno());
        }
    }
}
