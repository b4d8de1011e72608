package dev.nestmap.client.cache;

import dev.nestmap.client.codec.ValueCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes entries of what the store says. */
record Entries<V>(ValueCodec<V> codec) {
    /** Objects and references of an entry in a hash table, about. */
    private static final int OVERHEAD_BYTES = 176;

    /** {@link IllegalArgumentException} where the codec cannot read the value. */
    Entry<V> entry(Bytes key, @Nullable Value value, long revision, long asOfNanos) {
        V held = value == null ? null : codec.fromValue(value);
        return new Entry<>(Optional.ofNullable(held), revision, asOfNanos,
                OVERHEAD_BYTES + key.size() + (value == null ? 0 : sizeBytes(value)));
    }

    private static int sizeBytes(Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> bytes.size();
            case Value.PerCpu(List<Bytes> values) -> values.stream().mapToInt(Bytes::size).sum();
            case Value.Slot _ -> Long.BYTES;
            case Value.Expression(String text) -> text.length();
        };
    }
}
