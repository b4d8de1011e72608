package dev.nestmap.cli.importing;

import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a map of the store differs from what an object file wants. */
final class Comparison {
    private final List<Difference> differences = new ArrayList<>();

    private Comparison() {}

    /** One field. */
    record Difference(String field, String stored, String wanted) {}

    /** All fields that differ; the wanted definition has its flags as the store shows them. */
    static List<Difference> of(MapSpec stored, MapSpec wanted) {
        Comparison comparison = new Comparison();
        comparison.fields(stored, wanted);
        return List.copyOf(comparison.differences);
    }

    private void fields(MapSpec stored, MapSpec wanted) {
        text("type", stored.type().word(), wanted.type().word());
        number("key_size", stored.keySize(), wanted.keySize());
        number("value_size", stored.valueSize(), wanted.valueSize());
        number("max_entries", stored.maxEntries(), wanted.maxEntries());
        flags("flags", stored.flags(), wanted.flags());
        text("map_extra", Long.toString(stored.mapExtra()), Long.toString(wanted.mapExtra()));
        if ((wanted.flags() & MapFlags.NUMA_NODE) != 0) {
            number("numa_node", stored.numaNode(), wanted.numaNode());
        }
        template(Optional.ofNullable(stored.innerTemplate()),
                Optional.ofNullable(wanted.innerTemplate()));
        differences.addAll(TypeDifferences.of(stored.btf(), wanted.btf()));
    }

    private void template(Optional<InnerTemplate> stored, Optional<InnerTemplate> wanted) {
        if (stored.isEmpty() || wanted.isEmpty()) {
            text("inner map", stored.isEmpty() ? "none" : "one", wanted.isEmpty() ? "none" : "one");
            return;
        }
        InnerTemplate has = stored.get();
        InnerTemplate wants = wanted.get();
        text("inner map's type", has.type().word(), wants.type().word());
        number("inner map's key_size", has.keySize(), wants.keySize());
        number("inner map's value_size", has.valueSize(), wants.valueSize());
        number("inner map's max_entries", has.maxEntries(), wants.maxEntries());
        flags("inner map's flags", has.flags(), wants.flags());
        text("inner map's spin lock", place(has), place(wants));
        for (Difference types : TypeDifferences.of(has.btf(), wants.btf())) {
            differences.add(new Difference("inner map's " + types.field(), types.stored(),
                    types.wanted()));
        }
    }

    private static String place(InnerTemplate template) {
        return template.spinLock().isPresent()
                ? "at byte " + template.spinLock().getAsInt()
                : "none";
    }

    private void number(String field, int stored, int wanted) {
        text(field, Integer.toUnsignedString(stored), Integer.toUnsignedString(wanted));
    }

    private void flags(String field, int stored, int wanted) {
        text(field, "0x" + Integer.toHexString(stored), "0x" + Integer.toHexString(wanted));
    }

    private void text(String field, String stored, String wanted) {
        if (!stored.equals(wanted)) {
            differences.add(new Difference(field, stored, wanted));
        }
    }
}
