package dev.nestmap.cli.render;

import dev.nestmap.client.MapDescription;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Maps as a table for people. */
public final class MapTable {
    private MapTable() {}

    /** What is asked for most. */
    public static String narrow(List<MapDescription> maps) {
        if (maps.isEmpty()) {
            return "no maps\n";
        }
        Table table = new Table("NAMESPACE", "NAME", "TYPE", "KEY", "VALUE", "ENTRIES", "ELEMENTS",
                "PLACEMENT");
        for (MapDescription map : maps) {
            MapSpec spec = map.spec();
            table.row(spec.namespace(), name(map), spec.type().word(),
                    Integer.toUnsignedString(spec.keySize()),
                    Integer.toUnsignedString(spec.valueSize()), Long.toString(spec.capacity()),
                    Long.toString(map.elements()), Placements.text(spec.placement()));
        }
        return table.toString();
    }

    /** All columns. */
    public static String wide(List<MapDescription> maps) {
        if (maps.isEmpty()) {
            return "no maps\n";
        }
        Table table = new Table("NAMESPACE", "NAME", "TYPE", "KEY", "VALUE", "ENTRIES", "ELEMENTS",
                "PLACEMENT", "ID", "FLAGS", "FROZEN", "IN SLOTS", "INNER", "PUBLISH", "OWNERSHIP",
                "CREATED",
                "REVISION",
                "KEY TYPE", "VALUE TYPE", "PIN");
        for (MapDescription map : maps) {
            MapSpec spec = map.spec();
            Optional<TypeNames> types = TypeNames.of(spec.btf());
            table.row(spec.namespace(), name(map), spec.type().word(),
                    Integer.toUnsignedString(spec.keySize()),
                    Integer.toUnsignedString(spec.valueSize()), Long.toString(spec.capacity()),
                    Long.toString(map.elements()), Placements.text(spec.placement()),
                    Long.toUnsignedString(map.id()), "0x%x".formatted(spec.flags()),
                    map.frozen() ? "yes" : "no", Long.toString(map.slotReferences()),
                    inner(spec.innerTemplate()),
                    spec.type().isOuter() ? spec.publish().word() : "",
                    spec.ownership().word(),
                    Long.toString(map.createdRevision()),
                    Long.toString(map.modifiedRevision()), types.map(TypeNames::key).orElse(""),
                    types.map(TypeNames::value).orElse(""), spec.pinPath());
        }
        return table.toString();
    }

    private static String name(MapDescription map) {
        return map.unlinked() ? map.spec().name() + " (removed)" : map.spec().name();
    }

    private static String inner(@Nullable InnerTemplate inner) {
        return inner == null
                ? ""
                : "%s %s/%s/%s".formatted(inner.type().word(),
                        Integer.toUnsignedString(inner.keySize()),
                        Integer.toUnsignedString(inner.valueSize()),
                        Integer.toUnsignedString(inner.maxEntries()));
    }
}
