package dev.nestmap.cli.importing;

import dev.nestmap.cli.importing.ImportPlan.Planned;
import dev.nestmap.cli.render.Json;
import dev.nestmap.cli.render.JsonWriter;
import dev.nestmap.cli.verb.Style;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.object.MapDefinition;
import java.util.ArrayList;
import java.util.List;

/** How an import is told: a line for each map. */
final class ImportText {
    private ImportText() {}

    static String of(Style style, ImportPlan plan, List<String> skipped) {
        return style.json()
                .map(form -> json(form, plan, skipped))
                .orElseGet(() -> text(plan, skipped));
    }

    private static String text(ImportPlan plan, List<String> skipped) {
        StringBuilder out = new StringBuilder();
        for (Planned map : plan.maps()) {
            out.append(switch (map) {
                case Planned.Missing _ -> "+ ";
                case Planned.Refused _ -> "x ";
                case Planned.Same _ -> "= ";
                case Planned.Other _ -> "! ";
            }).append(map.spec().name()).append("  ").append(definition(map.spec())).append('\n');
            if (map instanceof Planned.Other other) {
                other.differences()
                        .forEach(field -> out.append("    %s: %s in the store, %s in the file\n"
                                .formatted(field.field(), field.stored(), field.wanted())));
                out.append(
                        "    to take it: nestmap map remove name %s, then import again; to leave it: --map with the others\n"
                                .formatted(map.spec().name()));
            }
            if (map instanceof Planned.Refused refused) {
                out.append("    refused: ").append(refused.refusal()).append('\n');
            }
            remarks(map.definition()).forEach(
                    remark -> out.append("    ").append(remark).append('\n'));
        }
        if (!skipped.isEmpty()) {
            out.append("skipped ")
                    .append(String.join(", ", skipped))
                    .append(": variables of the program\n");
        }
        return out.toString();
    }

    private static String definition(MapSpec spec) {
        InnerTemplate inner = spec.innerTemplate();
        return "%s  key %sB  value %sB  max_entries %s  flags 0x%x%s%s".formatted(
                spec.type().word(), Integer.toUnsignedString(spec.keySize()),
                Integer.toUnsignedString(spec.valueSize()),
                Integer.toUnsignedString(spec.maxEntries()), spec.flags(),
                spec.btf() == null ? "" : "  typed",
                inner == null
                        ? ""
                        : "  of %s  key %sB  value %sB  max_entries %s  flags 0x%x%s".formatted(
                                inner.type().word(), Integer.toUnsignedString(inner.keySize()),
                                Integer.toUnsignedString(inner.valueSize()),
                                Integer.toUnsignedString(inner.maxEntries()), inner.flags(),
                                inner.btf() == null ? "" : "  typed"));
    }

    private static List<String> remarks(MapDefinition map) {
        List<String> remarks = new ArrayList<>(map.remarks());
        if (!map.slots().isEmpty()) {
            remarks.add("%d slots are filled where the map is new".formatted(map.slots().size()));
        }
        if (map.pinning() == MapDefinition.Pinning.BY_NAME) {
            remarks.add(
                    "the program looks for its pin: load it with the agent's PIN_ROOT/NAMESPACE "
                            + "as pin_root_path");
        }
        return remarks;
    }

    private static String json(Json form, ImportPlan plan, List<String> skipped) {
        return form.text(out -> {
            out.object().name("maps").array();
            plan.maps().forEach(map -> json(out, map));
            out.endArray().member("skipped", skipped).endObject();
        });
    }

    private static void json(JsonWriter out, Planned map) {
        out.object()
                .member("name", map.spec().name())
                .member("type", map.spec().type().word())
                .member("state", switch (map) {
                    case Planned.Missing _ -> "new";
                    case Planned.Refused _ -> "refused";
                    case Planned.Same _ -> "same";
                    case Planned.Other _ -> "other";
                });
        if (map instanceof Planned.Other other) {
            out.name("differences").array();
            other.differences()
                    .forEach(field -> out.object()
                            .member("field", field.field())
                            .member("stored", field.stored())
                            .member("wanted", field.wanted())
                            .endObject());
            out.endArray();
        }
        if (map instanceof Planned.Refused refused) {
            out.member("refusal", refused.refusal().toString());
        }
        out.member("remarks", remarks(map.definition())).endObject();
    }
}
