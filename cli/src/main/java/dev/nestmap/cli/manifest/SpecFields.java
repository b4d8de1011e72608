package dev.nestmap.cli.manifest;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** The {@code spec} of a document. */
final class SpecFields {
    private SpecFields() {}

    /** What spec says, without the name. */
    record Read(
            MapSpec spec,
            InnerSource inner,
            Manifest.Freezing freezing,
            Manifest.Placing placing) {}

    static Read read(Fields fields, String namespace, String name) throws ManifestException {
        InnerTemplate shape = shape(fields);
        Optional<Field> numa = fields.maybe("numaNode");
        int numaNode = numa.isPresent() ? numa.get().unsigned(31).intValue() : 0;
        int flags = numa.isPresent() ? shape.flags() | MapFlags.NUMA_NODE : shape.flags();
        Optional<Field> extra = fields.maybe("mapExtra");
        long mapExtra = extra.isPresent() ? extra.get().unsigned(64).longValue() : 0;
        Optional<Field> btf = fields.maybe("btf");
        MapBtf types = btf.isPresent() ? btf(btf.get().mapping()) : null;
        InnerSource inner = inner(fields, namespace, shape.type());
        Optional<Placement> said = placement(fields);
        Manifest.Placing placing = said.isPresent()
                ? Manifest.Placing.SAID
                : Manifest.Placing.UNSAID;
        Placement placement = said.orElseGet(Placement::everywhere);
        Optional<Field> pin = fields.maybe("pinPath");
        String pinPath = pin.isPresent() ? pin.get().text() : "";
        if (pin.isPresent() && !pinPath.startsWith("/")) {
            throw pin.get().wrong("\"%s\" is no absolute path".formatted(pinPath));
        }
        Optional<Field> publish = fields.maybe("publish");
        Publish published = publish.isPresent() ? publish(publish.get()) : Publish.IN_PLACE;
        Optional<Field> ownership = fields.maybe("ownership");
        Ownership owner = ownership.isPresent()
                ? ownership(ownership.get())
                : MapRules.ownership(shape.type());
        Optional<Field> unresolved = fields.maybe("unresolved");
        Unresolved fate = unresolved.isPresent()
                ? unresolved(unresolved.get())
                : Unresolved.KEEP;
        Optional<Field> frozen = fields.maybe("frozen");
        Manifest.Freezing freezing = frozen.isEmpty()
                ? Manifest.Freezing.UNSAID
                : frozen.get().truth()
                        ? Manifest.Freezing.FROZEN
                        : Manifest.Freezing.NOT_FROZEN;
        fields.finish();
        return new Read(new MapSpec(namespace, name, shape.type(), shape.keySize(),
                shape.valueSize(), shape.maxEntries(), flags, mapExtra, numaNode, null,
                placement, pinPath, types, published, owner, fate), inner, freezing, placing);
    }

    /** The types of keys and values: a whole BTF section in base64, and two type ids in it. */
    private static MapBtf btf(Fields fields) throws ManifestException {
        Field data = fields.required("data");
        Bytes section;
        try {
            section = Bytes.wrap(Base64.getDecoder().decode(data.text()));
        } catch (IllegalArgumentException e) {
            throw data.wrong(
                    "is no base64 (export writes it; nestmap import makes it of an object file)");
        }
        Optional<Field> key = fields.maybe("key");
        int keyTypeId = key.isPresent() ? key.get().unsigned(31).intValue() : 0;
        MapBtf btf = new MapBtf(section, keyTypeId,
                fields.required("value").unsigned(31).intValue());
        fields.finish();
        if (btf.resolve() instanceof Outcome.Refused<MapBtf.Resolved>(Refusal refusal)) {
            throw fields.self().wrong(refusal.rule());
        }
        return btf;
    }

    /** The five that a map and a template have. */
    private static InnerTemplate shape(Fields fields) throws ManifestException {
        Field typeField = fields.required("type");
        String word = typeField.text();
        MapType type = MapType.ofWord(word)
                .orElseThrow(() -> typeField.wrong(
                        "\"%s\" is no map type; the kernel knows %s".formatted(word,
                                Arrays.stream(MapType.values())
                                        .map(MapType::word)
                                        .collect(Collectors.joining(", ")))));
        int keySize = size(fields.required("key"));
        int valueSize = size(fields.required("value"));
        int entries = fields.required("entries").unsigned(32).intValue();
        return new InnerTemplate(type, keySize, valueSize, entries, flags(fields));
    }

    /** Bounded, because texts in contents are filled up to it. */
    private static int size(Field field) throws ManifestException {
        long size = field.unsigned(32).longValue();
        if (size > MapRules.ELEMENT_PART_LIMIT_BYTES) {
            throw field.wrong("is %d, the store holds keys and values up to %d bytes each"
                    .formatted(size, MapRules.ELEMENT_PART_LIMIT_BYTES));
        }
        return (int) size;
    }

    private static int flags(Fields fields) throws ManifestException {
        Optional<Field> field = fields.maybe("flags");
        if (field.isEmpty()) {
            return 0;
        }
        if (!field.get().isList()) {
            return field.get().unsigned(32).intValue();
        }
        int flags = 0;
        for (Field item : field.get().list()) {
            String word = item.text();
            flags |= FlagWords.bit(word)
                    .orElseThrow(() -> item.wrong("\"%s\" is no flag; there are %s, or a number"
                            .formatted(word, FlagWords.all())));
        }
        return flags;
    }

    private static InnerSource inner(Fields fields, String namespace, MapType type)
            throws ManifestException {
        Optional<Field> given = fields.maybe("inner");
        Optional<Field> copied = fields.maybe("innerMap");
        List<Field> both = new ArrayList<>();
        given.ifPresent(both::add);
        copied.ifPresent(both::add);
        if (both.size() == 2) {
            throw both.get(1)
                    .wrong("stands beside spec.inner: one of the two says what goes into the slots");
        }
        if (both.isEmpty()) {
            if (type.isOuter()) {
                throw fields.self()
                        .wrong("a map of type %s needs spec.inner {type, key, value, entries} or spec.innerMap NAME"
                                .formatted(type.word()));
            }
            return new InnerSource.None();
        }
        if (!type.isOuter()) {
            throw both.getFirst()
                    .wrong("only array_of_maps and hash_of_maps have inner maps, spec.type is "
                            + type.word());
        }
        if (copied.isPresent()) {
            return new InnerSource.CopiedFrom(
                    new MapRef.ByName(namespace, copied.get().text()));
        }
        Fields inner = both.getFirst().mapping();
        InnerTemplate shape = shape(inner);
        Optional<Field> lock = inner.maybe("spinLock");
        Optional<Field> btf = inner.maybe("btf");
        inner.finish();
        if (btf.isPresent()) {
            if (lock.isPresent()) {
                throw lock.get()
                        .wrong("stands beside inner.btf, which says where the spin lock is");
            }
            return new InnerSource.Given(shape.withBtf(btf(btf.get().mapping())));
        }
        return new InnerSource.Given(lock.isEmpty()
                ? shape
                : new InnerTemplate(shape.type(), shape.keySize(), shape.valueSize(),
                        shape.maxEntries(), shape.flags(),
                        OptionalInt.of(lock.get().unsigned(31).intValue())));
    }

    private static Publish publish(Field field) throws ManifestException {
        String word = field.text();
        return Publish.ofWord(word)
                .orElseThrow(() -> field.wrong(
                        "\"%s\" is no way to publish: in_place or sealed".formatted(word)));
    }

    private static Ownership ownership(Field field) throws ManifestException {
        String word = field.text();
        return Ownership.ofWord(word)
                .orElseThrow(() -> field.wrong(
                        "\"%s\" is no ownership: exclusive, shared, seed or observed"
                                .formatted(word)));
    }

    private static Unresolved unresolved(Field field) throws ManifestException {
        String word = field.text();
        return Unresolved.ofWord(word)
                .orElseThrow(() -> field.wrong(
                        "\"%s\" is nothing that becomes of an element: keep or empty"
                                .formatted(word)));
    }

    private static Optional<Placement> placement(Fields fields) throws ManifestException {
        Optional<Field> placement = fields.maybe("placement");
        Optional<Field> labels = fields.maybe("nodeSelector");
        if (labels.isPresent() && placement.isPresent()) {
            throw labels.get()
                    .wrong("stands beside spec.placement: one of the two says on which nodes");
        }
        if (labels.isPresent()) {
            return Optional.of(selector(labels.get(), Labels.selector(labels.get())));
        }
        if (placement.isEmpty()) {
            return Optional.empty();
        }
        String text = placement.get().text();
        return Optional.of(switch (text) {
            case "all" -> Placement.everywhere();
            case "none" -> new Placement.FollowsOuter();
            default -> selector(placement.get(), text);
        });
    }

    private static Placement selector(Field field, String text) throws ManifestException {
        return switch (LabelSelector.parse(text)) {
            case Outcome.Done<LabelSelector>(LabelSelector selector) ->
                new Placement.OnNodes(selector);
            case Outcome.Refused<LabelSelector>(Refusal refusal) ->
                throw field.wrong(refusal.rule());
        };
    }

    /** Kubernetes' form: each label with its value. */
    private static final class Labels {
        static String selector(Field field) throws ManifestException {
            Fields labels = field.mapping();
            List<String> all = new ArrayList<>();
            for (String name : labels.names()) {
                all.add(name + "=" + labels.required(name).text());
            }
            return String.join(",", all);
        }
    }
}
