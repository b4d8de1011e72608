package dev.nestmap.cli.adopting;

import dev.nestmap.cli.grammar.AdoptWords;
import dev.nestmap.cli.grammar.GrammarException;
import dev.nestmap.cli.verb.CommandFailedException;
import dev.nestmap.cli.verb.ExitCode;
import dev.nestmap.cli.verb.Help;
import dev.nestmap.cli.verb.Invocation;
import dev.nestmap.cli.verb.Option;
import dev.nestmap.cli.verb.Output;
import dev.nestmap.cli.verb.Verb;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.PinQuery;
import dev.nestmap.client.PinnedMap;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.Placement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code map adopt}: a map that a loader pinned on a node becomes a map of the store, and stays the very same map. */
public final class MapAdopt implements Verb {
    /** What a node is selected by where nothing else is said. */
    static final String NODE_LABEL = "nestmap.dev/node";
    private static final Duration WITHIN = Duration.ofSeconds(60);

    private static final Option NODE = Option.value("--node", "NODE", "Where it is pinned");
    private static final Option CONTENTS = Option.flag("--contents",
            "Take its elements over too, and of an outer map the maps in its slots");
    private static final Option OBSERVE = Option.flag("--observe",
            "Show what would change and write nothing, here or there");
    private static final Option ON_MISMATCH = Option.value("--on-mismatch", "POLICY",
            "Where the store has a map of this name or pin with another definition: refuse (the default), migrate or recreate");

    @Override
    public Help help() {
        return new Help("map adopt", "Takes a map that is pinned on a node into the store",
                "pinned PATH --node NODE [name NAME] [placement SELECTOR|all] [ownership WORD] [--contents] [--observe] [--on-mismatch refuse|migrate|recreate]",
                List.of("name: in the store; default: that of the pin's file",
                        "placement: default: this node, which is given the label " + NODE_LABEL
                                + " for it",
                        "ownership: default: observed without --contents, so that the agent writes nothing; with it, as the type is, but seed where programs write too (per-CPU maps, LRU)",
                        "migrate: a new map with the store's definition takes the place of the pinned one, elements copied; recreate: without them",
                        "programs that hold the former map keep it until they are loaded anew; those that are pinned beside it are listed"),
                "nestmap map adopt pinned /sys/fs/bpf/lb/vips --node host7 --contents --observe");
    }

    @Override
    public List<Option> options() {
        return List.of(NODE, CONTENTS, OBSERVE, ON_MISMATCH);
    }

    @Override
    public int run(Invocation invocation) throws GrammarException, CommandFailedException {
        AdoptWords words = invocation.grammar().adopt(invocation.words());
        String node = invocation.option(NODE.name())
                .orElseThrow(() -> CommandFailedException
                        .usage("map adopt: say on which node the map is pinned: --node NODE"));
        Mismatch.Policy policy = Mismatch.policy(invocation.option(ON_MISMATCH.name()));
        boolean contents = invocation.flag(CONTENTS.name());
        boolean observe = invocation.flag(OBSERVE.name());
        NestmapClient client = invocation.client();
        Output output = invocation.output();
        AdoptionReader reader = new AdoptionReader(client, node, words.path(),
                invocation.settings().timeout().orElse(WITHIN));
        PinnedMap found = reader.examine(new PinQuery.Ask.Examine());
        MapSpec wanted = wanted(words, node, found, invocation.settings().namespace(), contents);
        Optional<MapDescription> stored = stored(client, wanted);
        if (stored.isPresent()) {
            return new Mismatch(client, output, reader, policy, contents).meet(node, found, wanted,
                    stored.get(), observe);
        }
        if (!observe && contents && wanted.type().isOuter()) {
            found = reader.examine(new PinQuery.Ask.ExamineAndKeepInners());
        }
        Adoption adoption = contents
                ? reader.withContents(found, wanted)
                : reader.definition(found, wanted);
        if (observe) {
            output.print(AdoptionText.of(output.style(), adoption, Optional.empty()));
            return ExitCode.OK;
        }
        reader.confirm(found);
        if (words.placement().isEmpty()) {
            client.nodes().setLabels(node, Map.of(NODE_LABEL, node), List.of());
        }
        long revision = AdoptionWriter.write(client, adoption);
        output.print(AdoptionText.of(output.style(), adoption, Optional.of(revision)));
        return ExitCode.OK;
    }

    private static MapSpec wanted(AdoptWords words, String node, PinnedMap found,
            String namespace, boolean contents) throws CommandFailedException {
        MapSpec seen = found.spec().orElseThrow();
        if (seen.type().isOuter() && seen.innerTemplate() == null) {
            throw CommandFailedException.refused(
                    found.inners().isEmpty()
                            ? "map adopt: no slot of %s holds a map, and nothing else shows what it takes: put one in first, or define it (nestmap map create %s type %s ... inner_map ...), which takes up what is pinned there"
                                    .formatted(words.path(), words.path(), seen.type().word())
                            : "map adopt: " + found.inners().getFirst().trouble(),
                    found.inners().isEmpty() ? Errno.EINVAL : Errno.EPERM);
        }
        String file = words.path().substring(words.path().lastIndexOf('/') + 1);
        String name = words.name().orElse(file.replaceAll("[^A-Za-z0-9_]", "_"));
        Ownership ownership = words.ownership()
                .orElse(contents ? AdoptionReader.owner(seen.type()) : Ownership.OBSERVED);
        if (!contents && ownership == Ownership.EXCLUSIVE) {
            throw withoutContents(words.path(), ownership);
        }
        return AdoptionReader.stored(seen, namespace, name,
                words.placement().isPresent() ? words.placement().get() : onNode(node),
                words.path(), ownership);
    }

    private static CommandFailedException withoutContents(String path, Ownership ownership) {
        return CommandFailedException.refused(
                "map adopt: with ownership %s the agent would remove what is in %s now: add --contents, or leave ownership out"
                        .formatted(ownership.word(), path),
                Errno.EINVAL);
    }

    private static Placement onNode(String node) throws CommandFailedException {
        return switch (LabelSelector.parse(NODE_LABEL + "=" + node)) {
            case Outcome.Done<LabelSelector>(LabelSelector selector) ->
                new Placement.OnNodes(selector);
            case Outcome.Refused<LabelSelector> refused -> throw CommandFailedException.usage(
                    "map adopt: the name of node \"%s\" is no value of a label: give placement SELECTOR"
                            .formatted(node));
        };
    }

    /** A map of that pin path, or else of that name. */
    private static Optional<MapDescription> stored(NestmapClient client, MapSpec wanted) {
        return find(client, new MapRef.ByPin(wanted.pinPath()))
                .or(() -> find(client, wanted.ref()));
    }

    private static Optional<MapDescription> find(NestmapClient client, MapRef map) {
        try {
            return Optional.of(client.map(map).describe().value());
        } catch (NestmapException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
