package dev.nestmap.cli.apply;

import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.render.Placements;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.btf.MapBtf;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares the definition in a document with that of the map that exists: of it only the nodes that want the map can change. */
final class Definitions {
    private final Image image;
    private final Map<MapRef, Manifest> manifests;

    Definitions(Image image, Map<MapRef, Manifest> manifests) {
        this.image = image;
        this.manifests = manifests;
    }

    /** Refuses what differs. */
    void check(Manifest manifest, MapDescription existing) throws PlanException {
        List<String> differences = differences(manifest, existing);
        if (!differences.isEmpty()) {
            MapSpec wanted = manifest.spec();
            throw new PlanException(manifest.source(),
                    ("the definition of %s cannot change: %s; remove the map first (nestmap map remove name %s), or "
                            + "define another under another name")
                            .formatted(wanted.ref(), String.join(", ", differences),
                                    wanted.name()));
        }
    }

    /** A sentence for each field that differs; the name is none. */
    List<String> differences(Manifest manifest, MapDescription existing) {
        List<String> differences = new ArrayList<>();
        MapSpec wanted = manifest.spec();
        MapSpec held = existing.spec();
        compare(differences, "type", held.type().word(), wanted.type().word());
        compare(differences, "key", unsigned(held.keySize()), unsigned(wanted.keySize()));
        compare(differences, "value", unsigned(held.valueSize()), unsigned(wanted.valueSize()));
        compare(differences, "entries", unsigned(held.maxEntries()),
                unsigned(wanted.maxEntries()));
        compare(differences, "flags", flags(held.flags()), flags(
                // Without the bits that the store does not keep.
                MapRules.shownFlags(held.type(), wanted.flags())));
        compare(differences, "numaNode", unsigned(held.numaNode()), unsigned(wanted.numaNode()));
        compare(differences, "mapExtra", Long.toUnsignedString(held.mapExtra()),
                Long.toUnsignedString(wanted.mapExtra()));
        if (manifest.placing() == Manifest.Placing.SAID
                && held.placement().isOnNodes() != wanted.placement().isOnNodes()) {
            compare(differences, "placement", Placements.text(held.placement()),
                    Placements.text(wanted.placement()));
        }
        compare(differences, "publish", held.publish().word(), wanted.publish().word());
        compare(differences, "ownership", held.ownership().word(), wanted.ownership().word());
        compare(differences, "unresolved", held.unresolved().word(), wanted.unresolved().word());
        if (!manifest.isUnlinked()) { // what lost its name lost its pin
            compare(differences, "pinPath", quoted(held.pinPath()), quoted(wanted.pinPath()));
        }
        compareTypes(differences, "btf", held.btf(), wanted.btf());
        Optional<InnerTemplate> template = template(manifest.inner());
        if (template.isPresent()) {
            compare(differences, "inner", text(held.innerTemplate()), text(template.get()));
            InnerTemplate has = held.innerTemplate();
            compareTypes(differences, "inner.btf", has == null ? null : has.btf(),
                    template.get().btf());
        }
        return differences;
    }

    /** The template that the document means; empty where that can no longer be told. */
    private Optional<InnerTemplate> template(InnerSource inner) {
        return switch (inner) {
            case InnerSource.None _ -> Optional.empty();
            case InnerSource.Given(InnerTemplate template) ->
                Optional.of(MapRules.shown(template));
            case InnerSource.CopiedFrom(MapRef map) -> {
                MapDescription held = image.named().get(map);
                Manifest wanted = manifests.get(map);
                yield held != null
                        ? Optional.of(held.spec().asTemplate())
                        : Optional.ofNullable(wanted).map(of -> of.spec().asTemplate());
            }
        };
    }

    private static void compare(List<String> differences, String field, String held,
            String wanted) {
        if (!Objects.equals(held, wanted)) {
            differences.add("spec.%s is %s in the store and %s in the document".formatted(field,
                    held, wanted));
        }
    }

    /** Who writes by hand may leave them out. */
    private static void compareTypes(List<String> differences, String field, @Nullable MapBtf held,
            @Nullable MapBtf wanted) {
        if (wanted != null && !Objects.equals(wanted, held)) {
            differences.add(
                    "spec.%s is %s in the store and another in the document: %s".formatted(field,
                            held == null ? "nothing" : held.toString(), wanted));
        }
    }

    private static String unsigned(int number) {
        return Integer.toUnsignedString(number);
    }

    private static String flags(int flags) {
        return "0x%x".formatted(flags);
    }

    private static String quoted(String text) {
        return "\"" + text + "\"";
    }

    private static String text(@Nullable InnerTemplate template) {
        return template == null
                ? "nothing"
                : "{type: %s, key: %s, value: %s, entries: %s, flags: 0x%x%s}".formatted(
                        template.type().word(), unsigned(template.keySize()),
                        unsigned(template.valueSize()), unsigned(template.maxEntries()),
                        template.flags(), template.spinLock().isPresent()
                                ? ", spinLock: " + template.spinLock().getAsInt()
                                : "");
    }
}
