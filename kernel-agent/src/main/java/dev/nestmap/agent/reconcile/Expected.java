package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What reading an element of a map gives, as far as what is known of that map tells. */
final class Expected {
    private static final int MOST_BYTES = 32;
    static final String NOTHING = "nothing";

    private Expected() {}

    /** The bytes that a system call reads; empty where that is not known. Not for slots. */
    static Optional<Bytes> bytes(MapSpec spec, Bytes storedKey, Bytes stored, Contents contents,
            int possibleCpus) {
        if (stored.equals(Expressions.OUTDATED) && MapRules.namesObjects(spec.type())) {
            return Optional.empty();
        }
        return switch (StoredElements.element(spec, storedKey, stored).value()) {
            case Value.Data(Bytes bytes) ->
                Optional.of(KernelValues.forAll(spec, bytes, possibleCpus));
            case Value.PerCpu(List<Bytes> values) ->
                Optional.of(KernelValues.forEach(spec, values));
            case Value.Expression(String text) -> Expressions.value(spec, Expressions.terms(text),
                    new AsResolved(contents.resolved(), possibleCpus));
            case Value.Slot _ -> Optional.empty();
        };
    }

    /** A value for people; of values for each CPU the first in which it differs from another. */
    static String text(Held held, @Nullable Bytes value, @Nullable Bytes other) {
        if (value == null) {
            return NOTHING;
        }
        if (!MapRules.isPerCpu(held.spec().type())) {
            return brief(value);
        }
        int size = held.spec().valueSize();
        int stride = KernelValues.width(held.spec(), 1);
        int cpu = 0;
        while (other != null && (cpu + 1) * stride < value.size()
                && at(value, cpu, stride, size).equals(at(other, cpu, stride, size))) {
            cpu++;
        }
        return "cpu %d: %s".formatted(other == null ? 0 : cpu,
                brief(at(value, other == null ? 0 : cpu, stride, size)));
    }

    private static Bytes at(Bytes values, int cpu, int stride, int size) {
        return values.slice(cpu * stride, cpu * stride + size);
    }

    private static String brief(Bytes value) {
        return value.size() <= MOST_BYTES
                ? value.toString()
                : value.slice(0, MOST_BYTES) + " ... (" + value.size() + " bytes)";
    }
}
