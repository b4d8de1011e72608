package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;

/*
 * Plain values are most of what a store holds, so an expression among them must cost the others nothing: it is told by its length, which is
 * no value's. It stands only where value_size is 4 or 8, and the shortest, a byte and "cpus()", has seven bytes, the next, a byte and
 * ifindex("a"), thirteen.
 */
/** How the values of a type stand in the tree. */
enum ValueForm {
    /** The bytes themselves. */
    DATA {
        @Override
        Bytes stored(Value value) {
            return ((Value.Data) value).bytes();
        }

        @Override
        Value value(Bytes stored, int valueSize) {
            return new Value.Data(stored);
        }
    },
    /** The bytes themselves, or, of another length than they have, a 1 and the text of an expression. */
    DATA_OR_NUMBERS {
        @Override
        Bytes stored(Value value) {
            return value instanceof Value.Data(Bytes bytes) ? bytes : expression(value);
        }

        @Override
        Value value(Bytes stored, int valueSize) {
            return stored.size() == valueSize ? new Value.Data(stored) : text(stored);
        }
    },
    /** The map's id, eight bytes. */
    SLOT {
        @Override
        Bytes stored(Value value) {
            return Bytes.u64be(((MapRef.ById) ((Value.Slot) value).map()).id());
        }

        @Override
        Value value(Bytes stored, int valueSize) {
            return new Value.Slot(new MapRef.ById(stored.longBe(0)));
        }
    },
    /** A byte that tells, then the bytes (0) or the expression's text (1). */
    DATA_OR_EXPRESSION {
        @Override
        Bytes stored(Value value) {
            return value instanceof Value.Data(Bytes bytes)
                    ? Bytes.of(0).concat(bytes)
                    : expression(value);
        }

        @Override
        Value value(Bytes stored, int valueSize) {
            return stored.at(0) == 0
                    ? new Value.Data(stored.slice(1, stored.size()))
                    : text(stored);
        }
    },
    /** A byte that tells, then the value of all CPUs (0), or the number of CPUs in four bytes and the value of each (1). */
    PER_CPU {
        @Override
        Bytes stored(Value value) {
            return switch (value) {
                case Value.Data(Bytes bytes) -> Bytes.of(0).concat(bytes);
                case Value.PerCpu(List<Bytes> values) -> {
                    byte[] stored = new byte[5 + values.size() * values.getFirst().size()];
                    stored[0] = 1;
                    Bytes.u32be(values.size()).copyTo(stored, 1);
                    int offset = 5;
                    for (Bytes one : values) {
                        one.copyTo(stored, offset);
                        offset += one.size();
                    }
                    yield Bytes.wrap(stored);
                }
                case Value.Slot _,Value.Expression _ ->
                    throw new IllegalArgumentException("where it cannot stand: " + value);
            };
        }

        @Override
        Value value(Bytes stored, int valueSize) {
            if (stored.at(0) == 0) {
                return new Value.Data(stored.slice(1, stored.size()));
            }
            int cpus = stored.intBe(1);
            int sizeBytes = (stored.size() - 5) / cpus;
            List<Bytes> values = new ArrayList<>(cpus);
            for (int cpu = 0; cpu < cpus; cpu++) {
                int from = 5 + cpu * sizeBytes;
                values.add(stored.slice(from, from + sizeBytes));
            }
            return new Value.PerCpu(values);
        }
    };

    /** Who writes values of this form on a node, unless the definition says otherwise: those for each CPU are made for programs to count in. */
    Ownership ownership() {
        return switch (this) {
            case PER_CPU -> Ownership.SHARED;
            case DATA, DATA_OR_NUMBERS, SLOT, DATA_OR_EXPRESSION -> Ownership.EXCLUSIVE;
        };
    }

    /** The form in the tree; the value's kind and size were checked before. */
    abstract Bytes stored(Value value);

    /** The reverse of {@link #stored}, in a map with that value_size. */
    abstract Value value(Bytes stored, int valueSize);

    private static Bytes expression(Value value) {
        return switch (value) {
            case Value.Expression(String text) -> Bytes.of(1)
                    .concat(Bytes.utf8(NodeExpression.parse(text).orElseThrow().toString()));
            case Value.Data _,Value.Slot _,Value.PerCpu _ ->
                throw new IllegalArgumentException("where it cannot stand: " + value);
        };
    }

    private static Value text(Bytes stored) {
        return new Value.Expression(stored.slice(1, stored.size()).toUtf8());
    }
}
