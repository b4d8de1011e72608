package dev.nestmap.cli.manifest;

import dev.nestmap.cli.render.NamedFields;
import dev.nestmap.cli.render.Placements;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes documents that {@link ManifestReader} reads, and that applying leaves unchanged. */
public final class ManifestWriter {
    private final SlotNames slots;

    /** Calls the maps in slots as the documents about them do. */
    public ManifestWriter(SlotNames slots) {
        this.slots = slots;
    }

    /** The beginning of a document up to the definition. */
    public String definition(MapDescription map) {
        MapSpec spec = map.spec();
        StringBuilder out = new StringBuilder(
                "---\napiVersion: nestmap/v1\nkind: Map\nmetadata:\n");
        out.append("  name: ")
                .append(quoted(map.unlinked() ? slots.of(map.id()) : spec.name()))
                .append('\n');
        out.append("  namespace: ").append(quoted(spec.namespace())).append('\n');
        if (map.unlinked()) {
            out.append("  unlinked: true\n");
        }
        out.append("spec:\n");
        int flags = MapRules.creationFlags(spec.type(), spec.flags());
        shape(out, "  ", "\n", new InnerTemplate(spec.type(), spec.keySize(), spec.valueSize(),
                spec.maxEntries(), flags & ~MapFlags.NUMA_NODE));
        if ((flags & MapFlags.NUMA_NODE) != 0) {
            out.append("  numaNode: %d\n".formatted(spec.numaNode()));
        }
        if (spec.mapExtra() != 0) {
            out.append("  mapExtra: 0x%x\n".formatted(spec.mapExtra()));
        }
        InnerTemplate inner = spec.innerTemplate();
        if (inner != null) {
            StringBuilder template = new StringBuilder();
            shape(template, "", ", ", inner);
            MapBtf types = inner.btf();
            if (types != null) {
                template.append("btf: ").append(text(types)).append(", ");
            } else {
                inner.spinLock()
                        .ifPresent(offset -> template.append("spinLock: %d, ".formatted(offset)));
            }
            template.setLength(template.length() - 2);
            out.append("  inner: {").append(template).append("}\n");
        }
        out.append("  placement: ").append(quoted(Placements.text(spec.placement()))).append('\n');
        if (!spec.pinPath().isEmpty() && !map.unlinked()) {
            out.append("  pinPath: ").append(quoted(spec.pinPath())).append('\n');
        }
        if (spec.publish() != Publish.IN_PLACE) {
            out.append("  publish: ").append(spec.publish().word()).append('\n');
        }
        if (spec.ownership() != MapRules.ownership(spec.type())) {
            out.append("  ownership: ").append(spec.ownership().word()).append('\n');
        }
        if (spec.unresolved() != Unresolved.KEEP) {
            out.append("  unresolved: ").append(spec.unresolved().word()).append('\n');
        }
        MapBtf btf = spec.btf();
        if (btf != null) {
            out.append("  btf: ").append(text(btf)).append('\n');
        }
        if (map.frozen()) {
            out.append("  frozen: true\n");
        }
        return out.toString();
    }

    private static String text(MapBtf btf) {
        return "{key: %d, value: %d, data: \"%s\"}".formatted(btf.keyTypeId(), btf.valueTypeId(),
                Base64.getEncoder().encodeToString(btf.data().toByteArray()));
    }

    /** What the store knows besides; behind a definition, for people: apply skips it. */
    public String status(MapDescription map) {
        return """
                status:
                  id: %s
                  frozen: %b
                  elements: %d
                  slotReferences: %d
                  createdRevision: %d
                  revision: %d
                """.formatted(Long.toUnsignedString(map.id()), map.frozen(), map.elements(),
                map.slotReferences(), map.createdRevision(), map.modifiedRevision());
    }

    /** True where the elements of a type can be written, so that applying them twice writes them once. */
    public static boolean hasContents(MapType type) {
        return type != MapType.QUEUE && type != MapType.STACK && type != MapType.BLOOM_FILTER;
    }

    /** Before the first element; elements that are not listed are to be deleted. */
    public String beginContents() {
        return "contents:\n  prune: true\n  elements:\n";
    }

    /** One element, by field name where there are names. */
    public String element(NamedFields names, Bytes key, Value value) {
        return "  - key: %s\n    value: %s\n".formatted(data(names.key(key), key),
                value(names, value));
    }

    private static String data(Optional<String> fields, Bytes bytes) {
        return fields.map(text -> "{fields: " + text + "}")
                .orElseGet(() -> '"' + bytes.toString() + '"');
    }

    private String value(NamedFields names, Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> data(names.value(bytes), bytes);
            case Value.PerCpu(var values) -> values.stream()
                    .map(bytes -> data(names.value(bytes), bytes))
                    .collect(Collectors.joining(", ", "{perCpu: [", "]}"));
            case Value.Slot(MapRef.ById(long id)) ->
                "{map: %s}".formatted(quoted(slots.of(id)));
            case Value.Slot(MapRef.ByName(String _, String name)) ->
                "{map: %s}".formatted(quoted(name));
            case Value.Slot(MapRef.ByPin(String path)) ->
                throw new IllegalArgumentException("a slot is read back by id, not by " + path);
            case Value.Expression(String text) -> "{expression: %s}".formatted(quoted(text));
        };
    }

    private static void shape(StringBuilder out, String before, String behind,
            InnerTemplate shape) {
        out.append(before).append("type: ").append(shape.type().word()).append(behind);
        out.append(before).append("key: ").append(Integer.toUnsignedString(shape.keySize()));
        out.append(behind);
        out.append(before).append("value: ").append(Integer.toUnsignedString(shape.valueSize()));
        out.append(behind);
        out.append(before).append("entries: ");
        out.append(Integer.toUnsignedString(shape.maxEntries())).append(behind);
        if (shape.flags() != 0) {
            out.append(before).append("flags: ");
            out.append(FlagWords.words(shape.flags())
                    .map(words -> "[" + String.join(", ", words) + "]")
                    .orElse("0x%x".formatted(shape.flags())));
            out.append(behind);
        }
    }

    /** In double quotes, as JSON has it, which YAML reads too. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (Character.isISOControl(c) || c > 0x7e) {
                out.append("\\u%04x".formatted(c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }
}
