package dev.nestmap.cli.adopting;

import dev.nestmap.cli.render.JsonWriter;
import dev.nestmap.cli.render.Placements;
import dev.nestmap.cli.verb.Style;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.PinnedMap;
import dev.nestmap.model.map.MapSpec;
import java.util.List;
import java.util.Optional;

/** Shows what was, or would be, taken into the store. */
final class AdoptionText {
    private AdoptionText() {}

    /**
     * The maps.
     *
     * @param revision that it is now; empty: nothing was written
     */
    static String of(Style style, Adoption adoption, Optional<Long> revision) {
        return style.json()
                .map(form -> form.text(out -> json(out, adoption, revision)))
                .orElseGet(() -> text(adoption, revision));
    }

    /** The store has it as it is pinned. */
    static String alreadyThere(Style style, MapDescription stored, PinnedMap found) {
        return style.json()
                .map(form -> form.text(out -> replaced(out, stored, found.kernelId(),
                        found.kernelId(), List.of(), 0)))
                .orElseGet(
                        () -> "map \"%s\" (id %d) of the store is defined as the pinned one (kernel id %s) is; nothing to do\n"
                                .formatted(stored.spec().name(), stored.id(),
                                        Integer.toUnsignedString(found.kernelId())));
    }

    /** It would be exchanged. */
    static String wouldReplace(Style style, MapDescription stored, PinnedMap found,
            List<String> differences) {
        return style.json()
                .map(form -> form.text(out -> out.object()
                        .member("name", stored.spec().name())
                        .member("kernel_id", Integer.toUnsignedLong(found.kernelId()))
                        .member("differences", differences)
                        .member("programs", found.programs())
                        .name("written")
                        .truth(false)
                        .endObject()))
                .orElseGet(
                        () -> "would exchange kernel id %s for a map with the definition of map \"%s\": %s\n%snothing was changed (--observe)\n"
                                .formatted(Integer.toUnsignedString(found.kernelId()),
                                        stored.spec().name(), String.join(", ", differences),
                                        programs("programs that would still hold the former: ",
                                                found.programs())));
    }

    /** It was exchanged. */
    static String replaced(Style style, MapDescription stored, PinnedMap former, PinnedMap now) {
        return style.json()
                .map(form -> form.text(out -> replaced(out, stored, former.kernelId(),
                        now.kernelId(), now.programs(), now.copied())))
                .orElseGet(
                        () -> "map \"%s\": kernel id %s took the place of %s, %d elements copied\n%s"
                                .formatted(stored.spec().name(),
                                        Integer.toUnsignedString(now.kernelId()),
                                        Integer.toUnsignedString(former.kernelId()), now.copied(),
                                        programs(
                                                "programs that still hold the former, to be loaded anew: ",
                                                now.programs())));
    }

    private static void replaced(JsonWriter out, MapDescription stored, int former, int now,
            List<String> programs, long copied) {
        out.object()
                .member("name", stored.spec().name())
                .member("former_kernel_id", Integer.toUnsignedLong(former))
                .member("kernel_id", Integer.toUnsignedLong(now))
                .member("copied", copied)
                .member("programs", programs)
                .endObject();
    }

    private static String programs(String before, List<String> pins) {
        return pins.isEmpty() ? "" : before + String.join(", ", pins) + "\n";
    }

    private static String text(Adoption adoption, Optional<Long> revision) {
        StringBuilder out = new StringBuilder();
        for (Adoption map : adoption.all()) {
            MapSpec spec = map.spec();
            out.append(revision.isPresent() ? "adopted " : "would adopt ")
                    .append("%s \"%s\": key %s B, value %s B, %s entries, flags 0x%x, %d element%s\n"
                            .formatted(spec.type().word(), spec.name(),
                                    Integer.toUnsignedString(spec.keySize()),
                                    Integer.toUnsignedString(spec.valueSize()),
                                    Integer.toUnsignedString(spec.maxEntries()), spec.flags(),
                                    map.elements().size(), map.elements().size() == 1 ? "" : "s"))
                    .append("    kernel id %s, pinned %s\n    placement %s, ownership %s\n"
                            .formatted(Integer.toUnsignedString(map.map().kernelId()),
                                    spec.pinPath().isEmpty() ? "nowhere yet" : spec.pinPath(),
                                    Placements.text(spec.placement()), spec.ownership().word()))
                    .append(programs("    used by ", map.map().programs()));
            if (map.map().typesHidden()) {
                out.append(
                        "    its BTF is left out: only an agent with --keep-privileges can read it\n");
            }
        }
        return out.append(revision.map("revision %d\n"::formatted)
                .orElse("nothing was written (--observe)\n")).toString();
    }

    private static void json(JsonWriter out, Adoption adoption, Optional<Long> revision) {
        out.object().name("maps").array();
        for (Adoption map : adoption.all()) {
            MapSpec spec = map.spec();
            out.object()
                    .member("name", spec.name())
                    .member("type", spec.type().word())
                    .member("flags", Integer.toUnsignedLong(spec.flags()))
                    .member("bytes_key", Integer.toUnsignedLong(spec.keySize()))
                    .member("bytes_value", Integer.toUnsignedLong(spec.valueSize()))
                    .member("max_entries", spec.capacity())
                    .member("elements", map.elements().size())
                    .member("kernel_id", Integer.toUnsignedLong(map.map().kernelId()))
                    .member("pinned", spec.pinPath())
                    .member("placement", Placements.text(spec.placement()))
                    .member("ownership", spec.ownership().word())
                    .member("programs", map.map().programs())
                    .name("types_hidden")
                    .truth(map.map().typesHidden())
                    .endObject();
        }
        out.endArray().name("written").truth(revision.isPresent());
        revision.ifPresent(number -> out.member("revision", number));
        out.endObject();
    }
}
