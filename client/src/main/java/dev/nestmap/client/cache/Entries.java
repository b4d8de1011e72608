package dev.nestmap.client.cache;

import dev.nestmap.client.codec.ValueCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes entries of what the store says. */
record Entries<V>(ValueCodec<V> codec) {
    /** Objects and references of an entry in a hash table, about. */
    private static final int OVERHEAD_BYTES = 160;

    /** {@link IllegalArgumentException} where the codec cannot read the value. */
    Entry<V> entry(Bytes key, @Nullable Value value, long revision, long asOfNanos) {
        Optional<V> decoded = Optional.ofNullable(value).map(codec::fromValue);
        int weight = OVERHEAD_BYTES + key.size() + (value == null ? 0 : codec.sizeBytes());
        return new Entry<>(decoded, revision, asOfNanos, weight);
    }
}
