package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Values between the store and system calls. A per-CPU value is there value_size rounded up to 8 bytes for each possible CPU,
 * in their order.
 */
final class KernelValues {
    private static final int CPU_ALIGNMENT_BYTES = 8;

    private KernelValues() {}

    /** Bytes of a value as system calls move it. */
    static int width(MapSpec spec, int possibleCpus) {
        return MapRules.isPerCpu(spec.type())
                ? aligned(spec.valueSize()) * possibleCpus
                : spec.valueSize();
    }

    /** The same bytes for every CPU, where there are several. */
    static Bytes forAll(MapSpec spec, Bytes value, int possibleCpus) {
        return MapRules.isPerCpu(spec.type())
                ? forEach(spec, Collections.nCopies(possibleCpus, value))
                : value;
    }

    /** A value for each CPU; their number was checked. */
    static Bytes forEach(MapSpec spec, List<Bytes> values) {
        int stride = aligned(spec.valueSize());
        byte[] bytes = new byte[stride * values.size()];
        for (int cpu = 0; cpu < values.size(); cpu++) {
            values.get(cpu).copyTo(bytes, cpu * stride);
        }
        return Bytes.wrap(bytes);
    }

    /** The form in the store's tree of an element as it was read; equal values of all CPUs are one. */
    static Bytes stored(MapSpec spec, KernelElement element) {
        return StoredElements.stored(spec, new Element(element.key(), value(spec, element.value())))
                .getValue();
    }

    private static Value value(MapSpec spec, Bytes read) {
        if (!MapRules.isPerCpu(spec.type())) {
            return new Value.Data(read);
        }
        int stride = aligned(spec.valueSize());
        List<Bytes> values = new ArrayList<>();
        boolean equal = true;
        for (int from = 0; from < read.size(); from += stride) {
            values.add(read.slice(from, from + spec.valueSize()));
            equal &= values.getLast().equals(values.getFirst());
        }
        return equal ? new Value.Data(values.getFirst()) : new Value.PerCpu(values);
    }

    private static int aligned(int valueSize) {
        return (valueSize + CPU_ALIGNMENT_BYTES - 1) / CPU_ALIGNMENT_BYTES * CPU_ALIGNMENT_BYTES;
    }
}
