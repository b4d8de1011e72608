package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Between the store's definitions and the kernel's. */
public final class Definition {
    private Definition() {}

    /** What to create a map with so that the kernel then shows the definition. */
    public static KernelMapSpec toCreate(MapSpec spec) {
        return new KernelMapSpec(spec.type(), spec.keySize(), spec.valueSize(), spec.maxEntries(),
                MapRules.creationFlags(spec.type(), spec.flags()), spec.mapExtra(),
                spec.numaNode(), spec.btf());
    }

    /** What to create a map with so that it can be the template of an outer map. */
    static KernelMapSpec toCreate(InnerTemplate template) {
        // With the flag for a NUMA node, -1 is none: a template has the flag but not the node.
        return new KernelMapSpec(template.type(), template.keySize(), template.valueSize(),
                template.maxEntries(),
                MapRules.creationFlags(template.type(), template.flags()), 0, -1)
                .withBtf(MapRules.templateBtf(template).orElse(null));
    }

    /**
     * How a map in the kernel differs from a definition: {@code holds a hash with value_size 4, the store wants 8}. Empty where
     * it does not. The template of an outer map and the NUMA node cannot be seen.
     */
    static Optional<String> difference(MapSpec wanted, KernelMapSpec actual,
            int possibleCpus) {
        if (actual.type() != wanted.type()) {
            return Optional.of("holds a " + actual.type().word() + ", the store wants a "
                    + wanted.type().word());
        }
        List<String> has = new ArrayList<>();
        List<String> wants = new ArrayList<>();
        compare("key_size", Integer.toUnsignedString(actual.keySize()),
                Integer.toUnsignedString(wanted.keySize()), has,
                wants);
        compare("value_size", Integer.toUnsignedString(actual.valueSize()),
                Integer.toUnsignedString(wanted.valueSize()), has, wants);
        if (!isRounded(wanted, actual, possibleCpus)) {
            compare("max_entries", Integer.toUnsignedString(actual.maxEntries()),
                    Integer.toUnsignedString(wanted.maxEntries()), has, wants);
        }
        compare("flags", "0x" + Integer.toHexString(actual.flags()),
                "0x" + Integer.toHexString(wanted.flags()), has,
                wants);
        compare("map_extra", Long.toString(actual.mapExtra()), Long.toString(wanted.mapExtra()),
                has, wants);
        return has.isEmpty()
                ? Optional.empty()
                : Optional.of("holds a " + actual.type().word() + " with " + String.join(", ", has)
                        + ", the store wants " + String.join(", ", wants));
    }

    /** An LRU with a list for each CPU has the same number of elements in each. */
    private static boolean isRounded(MapSpec wanted, KernelMapSpec actual, int possibleCpus) {
        boolean listForEachCpu = MapRules.evicts(wanted.type())
                && (wanted.flags() & MapFlags.NO_COMMON_LRU) != 0;
        long rounded = (wanted.capacity() + possibleCpus - 1) / possibleCpus * possibleCpus;
        return listForEachCpu && Integer.toUnsignedLong(actual.maxEntries()) == rounded;
    }

    private static void compare(String what, String actual, String wanted, List<String> has,
            List<String> wants) {
        if (!actual.equals(wanted)) {
            has.add(what + " " + actual);
            wants.add(has.size() == 1 ? wanted : what + " " + wanted);
        }
    }
}
