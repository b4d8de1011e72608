package dev.nestmap.client.codec;

import java.util.List;

/** The value of an element in a per-CPU map. */
public sealed interface PerCpu<T> {
    /** Every CPU has this one. */
    record Same<T>(T value) implements PerCpu<T> {}

    /** Each possible CPU has its own, in their order; nodes with another number of CPUs report that and keep what they had. */
    record Each<T>(List<T> values) implements PerCpu<T> {
        /** Copies the list, which has at least one value. */
        public Each {
            values = List.copyOf(values);
            if (values.isEmpty()) {
                throw new IllegalArgumentException("a per-CPU value of no CPU");
            }
        }
    }
}
