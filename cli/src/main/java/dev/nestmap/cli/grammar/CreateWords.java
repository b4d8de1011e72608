package dev.nestmap.cli.grammar;

import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The words of {@code map create}: attributes in any order, each once. One thread uses it. */
final class CreateWords {
    private static final List<String> REQUIRED = List.of("type", "key", "value", "entries", "name");

    private final Words words;
    private final String namespace;
    private final KnownMaps known;
    private final Set<String> seen = new HashSet<>();

    private MapType type = MapType.HASH;
    private int keySize;
    private int valueSize;
    private int maxEntries;
    private String name = "";
    private int flags;
    private InnerSource inner = new InnerSource.None();
    private Placement placement = Placement.everywhere();
    private int numaNode;
    private long mapExtra;
    private Publish publish = Publish.IN_PLACE;
    /** As the type is, unless it is said. */
    private Optional<Ownership> ownership = Optional.empty();

    private Unresolved unresolved = Unresolved.KEEP;

    private @Nullable MapBtf btf;
    private boolean copied;

    CreateWords(Words words, String namespace, KnownMaps known) {
        this.words = words;
        this.namespace = namespace;
        this.known = known;
    }

    Command.Create parse() throws GrammarException {
        String pinPath = words.peek().startsWith("/") ? words.take("FILE") : "";
        while (!words.atEnd()) {
            takeAttribute();
        }
        for (String required : REQUIRED) {
            if (!seen.contains(required) && (!copied || required.equals("name"))) {
                throw words.missing('"' + required + (required.equals("type")
                        ? " TYPE"
                        : required.equals("name") ? " NAME" : " N") + '"');
            }
        }
        return new Command.Create(new MapSpec(namespace, name, type, keySize, valueSize, maxEntries,
                seen.contains("numa") ? flags | MapFlags.NUMA_NODE : flags, mapExtra, numaNode,
                null, placement, pinPath, btf, publish,
                ownership.orElseGet(() -> MapRules.ownership(type)), unresolved), inner);
    }

    private void takeAttribute() throws GrammarException {
        String attribute = words.take("an attribute");
        if (!seen.add(attribute)) {
            throw words.wrong("is given twice");
        }
        switch (attribute) {
            case "type" -> type = takeType(words);
            case "key" -> keySize = Numbers.takeU32(words, "the key size in bytes");
            case "value" -> valueSize = Numbers.takeU32(words, "the value size in bytes");
            case "entries" -> maxEntries = Numbers.takeU32(words, "the number of entries");
            case "name" -> name = words.take("the map's name");
            case "flags" -> flags = Numbers.takeU32(words, "the flags");
            case "like" -> copy(known.spec(MapWords.take(words, namespace)));
            case "of" -> copyTemplate(known.spec(MapWords.take(words, namespace)));
            case "inner_map" -> inner = takeInner();
            case "placement" -> placement = takePlacement(words);
            case "publish" -> publish = takePublish();
            case "ownership" -> ownership = Optional.of(takeOwnership());
            case "unresolved" -> unresolved = takeUnresolved();
            case "numa" -> numaNode = (int) Numbers.take(words, "the NUMA node", 31);
            case "map_extra" -> mapExtra = Numbers.take(words, "map_extra", 64);
            case "dev" -> throw words.wrong(
                    "offloads a map to one device of one host, which a fleet has no word for");
            default -> throw words.wrong("is no attribute of a map: expected "
                    + (seen.size() == 1 ? "FILE (an absolute path) or " : "")
                    + "type, key, value, entries, name, flags, inner_map, placement, publish, ownership, unresolved, numa, map_extra, like MAP or of MAP");
        }
    }

    /** A map that fits into the slots of an outer one, and is wanted where that is. */
    private void copyTemplate(MapSpec outer) throws GrammarException {
        InnerTemplate template = outer.innerTemplate();
        if (template == null) {
            throw words
                    .wrong("is of type %s, which has no inner maps; like MAP makes one of its kind"
                            .formatted(outer.type().word()));
        }
        copy(new MapSpec(namespace, name, template.type(), template.keySize(),
                template.valueSize(), template.maxEntries(), template.flags(), 0, 0, null,
                new Placement.FollowsOuter(), "", template.btf()));
    }

    /** What was said before it would be lost. */
    private void copy(MapSpec spec) throws GrammarException {
        if (!Set.of("name", "like").containsAll(seen) && !Set.of("name", "of").containsAll(seen)) {
            throw words.wrong(
                    "is behind other attributes: write like MAP or of MAP first, and only one of them, then what is to differ");
        }
        copied = true;
        type = spec.type();
        keySize = spec.keySize();
        valueSize = spec.valueSize();
        maxEntries = spec.maxEntries();
        flags = MapRules.creationFlags(spec.type(), spec.flags());
        mapExtra = spec.mapExtra();
        numaNode = spec.numaNode();
        placement = spec.placement();
        btf = spec.btf();
        publish = spec.publish();
        ownership = Optional.of(spec.ownership());
        unresolved = spec.unresolved();
        InnerTemplate template = spec.innerTemplate();
        inner = template == null ? new InnerSource.None() : new InnerSource.Given(template);
    }

    static MapType takeType(Words words) throws GrammarException {
        String word = words.take("a map type");
        return MapType.ofWord(word)
                .orElseThrow(() -> words.wrong("is no map type; the kernel knows "
                        + Stream.of(MapType.values())
                                .map(MapType::word)
                                .collect(Collectors.joining(", "))));
    }

    /** A template in place of a map has its words in a fixed order, so that they cannot be the outer map's. */
    private InnerSource takeInner() throws GrammarException {
        if (MapWords.isNext(words)) {
            return new InnerSource.CopiedFrom(MapWords.take(words, namespace));
        }
        if (!words.accept("type")) {
            throw words.expected("MAP (id N, name NAME or pinned PATH) or "
                    + "type TYPE key N value N entries N [flags N]");
        }
        MapType innerType = takeType(words);
        words.expect("key");
        int innerKeySize = Numbers.takeU32(words, "the key size in bytes");
        words.expect("value");
        int innerValueSize = Numbers.takeU32(words, "the value size in bytes");
        words.expect("entries");
        int innerEntries = Numbers.takeU32(words, "the number of entries");
        int innerFlags = words.accept("flags") ? Numbers.takeU32(words, "the flags") : 0;
        return new InnerSource.Given(new InnerTemplate(innerType, innerKeySize, innerValueSize,
                innerEntries, innerFlags));
    }

    private Publish takePublish() throws GrammarException {
        return Publish.ofWord(words.take("in_place or sealed"))
                .orElseThrow(
                        () -> words.wrong("is no way to publish: expected in_place or sealed"));
    }

    private Ownership takeOwnership() throws GrammarException {
        return Ownership.ofWord(words.take("exclusive, shared, seed or observed"))
                .orElseThrow(() -> words.wrong(
                        "is no ownership: expected exclusive, shared, seed or observed"));
    }

    private Unresolved takeUnresolved() throws GrammarException {
        return Unresolved.ofWord(words.take("keep or empty"))
                .orElseThrow(() -> words.wrong(
                        "is nothing that becomes of an element: expected keep or empty"));
    }

    static Placement takePlacement(Words words) throws GrammarException {
        String text = words.take("a label selector, \"all\" or \"none\"");
        return switch (text) {
            case "all" -> Placement.everywhere();
            case "none" -> new Placement.FollowsOuter();
            default -> switch (LabelSelector.parse(text)) {
                case Outcome.Done<LabelSelector>(LabelSelector selector) ->
                    new Placement.OnNodes(selector);
                case Outcome.Refused<LabelSelector>(Refusal refusal) ->
                    throw words.wrong("is no placement: " + refusal.rule());
            };
        };
    }
}
