package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a type that is simulated by the store's own rules, which a differential test holds against a real kernel.
 * What is refused when it is read is not there.
 */
final class ModelledElements {
    private final MapSpec spec;
    private final int cpus;
    private final MapElements elements;
    /** Programs and cgroups, which the store does not know by descriptors, by index. */
    private final TreeMap<Bytes, Bytes> objects = new TreeMap<>();

    ModelledElements(KernelMapSpec kernelSpec, int cpus) {
        this.spec = modelSpec(kernelSpec);
        this.cpus = cpus;
        this.elements = new MapElements(spec, false, Tree.ofBytes());
    }

    static MapSpec modelSpec(KernelMapSpec kernelSpec) {
        MapSpec plain = MapSpec.of("default", "m", kernelSpec.type(), kernelSpec.keySize(),
                kernelSpec.valueSize(), kernelSpec.maxEntries());
        return new MapSpec(plain.namespace(), plain.name(), plain.type(), plain.keySize(),
                plain.valueSize(), plain.maxEntries(), kernelSpec.flags(), kernelSpec.mapExtra(),
                kernelSpec.numaNode(), null, plain.placement(), "");
    }

    /** Bytes of a value as system calls move it. */
    static int valueWidth(KernelMapSpec spec, int cpus) {
        return MapRules.isPerCpu(spec.type()) ? stride(spec.valueSize()) * cpus : spec.valueSize();
    }

    Optional<Bytes> lookup(Bytes key) {
        if (holdsObjects()) {
            return Optional.ofNullable(objects.get(key));
        }
        return value(elements.lookup(key, 0));
    }

    Optional<Bytes> lookupAndDelete(Bytes key) {
        return value(elements.lookupAndDelete(key, 0));
    }

    Optional<Errno> update(Bytes key, Bytes value, long flags) {
        if (holdsObjects()) {
            return updateObject(key, value);
        }
        Optional<Errno> refusal = tryUpdate(key, value, flags);
        if (refusal.equals(Optional.of(Errno.E2BIG))
                && MapRules.evicts(spec.type())) {
            // Any element may be evicted; here it is the first.
            nextKey(null).ifPresent(elements::delete);
            return tryUpdate(key, value, flags);
        }
        return refusal;
    }

    Optional<Errno> delete(Bytes key) {
        return holdsObjects()
                ? objects.remove(key) == null ? Optional.of(Errno.ENOENT) : Optional.empty()
                : elements.delete(key).map(Refusal::errno);
    }

    Optional<Bytes> nextKey(@Nullable Bytes key) {
        return elements
                .nextKey(Optional.ofNullable(key)) instanceof Outcome.Done<Bytes>(Bytes next)
                        ? Optional.of(next)
                        : Optional.empty();
    }

    private boolean holdsObjects() {
        return spec.type() == MapType.PROG_ARRAY || spec.type() == MapType.CGROUP_ARRAY;
    }

    private Optional<Errno> updateObject(Bytes key, Bytes descriptor) {
        if (Integer.toUnsignedLong(key.intLe(0)) >= spec.capacity()) {
            return Optional.of(Errno.E2BIG);
        }
        Optional<Integer> id = SimulatedObject.id(descriptor.intLe(0));
        id.ifPresent(known -> objects.put(key, Bytes.u32le(known)));
        return id.isPresent() ? Optional.empty() : Optional.of(Errno.EBADF);
    }

    private Optional<Errno> tryUpdate(Bytes key, Bytes value, long flags) {
        return elements.update(key, forStore(value), flags, _ -> null).map(Refusal::errno);
    }

    private Value forStore(Bytes value) {
        if (!MapRules.isPerCpu(spec.type())) {
            return new Value.Data(value);
        }
        List<Bytes> values = new ArrayList<>();
        for (int cpu = 0; cpu < cpus; cpu++) {
            int from = cpu * stride(spec.valueSize());
            values.add(value.slice(from, from + spec.valueSize()));
        }
        return new Value.PerCpu(values);
    }

    private Optional<Bytes> value(Outcome<Value> outcome) {
        if (!(outcome instanceof Outcome.Done<Value>(Value found))) {
            return Optional.empty();
        }
        return Optional.of(switch (found) {
            case Value.Data(Bytes bytes) when !MapRules.isPerCpu(spec.type()) -> bytes;
            case Value.Data(Bytes bytes) -> joined(Collections.nCopies(cpus, bytes));
            case Value.PerCpu(List<Bytes> values) -> joined(values);
            case Value.Slot _,Value.Expression _ ->
                throw new IllegalStateException("not simulated here: " + found);
        });
    }

    private Bytes joined(List<Bytes> values) {
        int stride = stride(spec.valueSize());
        byte[] joined = new byte[stride * values.size()];
        for (int cpu = 0; cpu < values.size(); cpu++) {
            values.get(cpu).copyTo(joined, cpu * stride);
        }
        return Bytes.wrap(joined);
    }

    private static int stride(int valueSize) {
        return (valueSize + 7) / 8 * 8;
    }
}
