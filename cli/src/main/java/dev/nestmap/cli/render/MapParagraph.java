package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Unresolved;

/** A map in bpftool's two lines (show_map_close_plain), then a line of what only a store knows. */
final class MapParagraph {
    private MapParagraph() {}

    static String of(MapDescription map) {
        MapSpec spec = map.spec();
        StringBuilder out = new StringBuilder();
        out.append("%s: %s  name %s  flags 0x%x\n".formatted(Long.toUnsignedString(map.id()),
                spec.type().word(), spec.name(), spec.flags()));
        out.append("\tkey %sB  value %sB  max_entries %s\n".formatted(
                Integer.toUnsignedString(spec.keySize()),
                Integer.toUnsignedString(spec.valueSize()),
                Integer.toUnsignedString(spec.maxEntries())));
        TypeNames.of(spec.btf())
                .ifPresent(types -> out.append("\tkey_type %s  value_type %s\n".formatted(
                        types.key(), types.value())));
        if ((spec.flags() & MapFlags.NUMA_NODE) != 0) {
            out.append("\tnuma_node ").append(spec.numaNode()).append('\n');
        }
        if (spec.mapExtra() != 0) {
            out.append("\tmap_extra 0x%x\n".formatted(spec.mapExtra()));
        }
        if (!spec.pinPath().isEmpty()) {
            out.append("\tpinned ").append(spec.pinPath()).append('\n');
        }
        if (map.frozen()) {
            out.append("\tfrozen\n");
        }
        InnerTemplate inner = spec.innerTemplate();
        if (inner != null) {
            out.append("\tinner_map %s  key %sB  value %sB  max_entries %s  flags 0x%x\n".formatted(
                    inner.type().word(), Integer.toUnsignedString(inner.keySize()),
                    Integer.toUnsignedString(inner.valueSize()),
                    Integer.toUnsignedString(inner.maxEntries()), inner.flags()));
            if (spec.publish() != Publish.IN_PLACE) {
                out.append("\tpublish ").append(spec.publish().word()).append('\n');
            }
        }
        if (spec.ownership() != MapRules.ownership(spec.type())) {
            out.append("\townership ").append(spec.ownership().word()).append('\n');
        }
        if (spec.unresolved() != Unresolved.KEEP) {
            out.append("\tunresolved ").append(spec.unresolved().word()).append('\n');
        }
        out.append("\tnamespace %s  placement %s  elements %d  revision %d".formatted(
                spec.namespace(), Placements.text(spec.placement()), map.elements(),
                map.modifiedRevision()));
        if (map.slotReferences() > 0) {
            out.append("  in %d slot%s".formatted(map.slotReferences(),
                    map.slotReferences() == 1 ? "" : "s"));
        }
        return out.append(map.unlinked() ? "  removed\n" : "\n").toString();
    }
}
