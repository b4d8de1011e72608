package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import java.util.List;

/** The value of an element. */
public sealed interface Value {
    /** Whether both say the same: one value for all CPUs is a list of equal ones, whose number it does not say. */
    default boolean isSameAs(Value other) {
        return switch (this) {
            case Data(Bytes bytes) when other instanceof PerCpu(List<Bytes> values) ->
                values.stream().allMatch(bytes::equals);
            case PerCpu(List<Bytes> values) when other instanceof Data(Bytes bytes) ->
                values.stream().allMatch(bytes::equals);
            case Data _,PerCpu _,Slot _,Expression _ -> equals(other);
        };
    }

    /** value_size bytes in the byte order of the nodes' kernels; in a per-CPU type the value of every CPU. */
    record Data(Bytes bytes) implements Value {}

    /**
     * For per-CPU types: a value for each possible CPU, in the order of CPUs. A node with another number of possible CPUs
     * reports that as a problem and keeps what it had.
     *
     * @param values at least one, each value_size bytes
     */
    record PerCpu(List<Bytes> values) implements Value {
        /** Copies the list. */
        public PerCpu {
            values = List.copyOf(values);
        }
    }

    /** The map in a slot; read back always {@link MapRef.ById}. */
    record Slot(MapRef map) implements Value {}

    /** A text that each agent resolves on its own node: {@code ifindex("eth0")}; see {@link NodeExpression}. */
    record Expression(String text) implements Value {}
}
