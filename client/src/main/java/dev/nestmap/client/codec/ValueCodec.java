package dev.nestmap.client.codec;

import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;

/**
 * How a Java value stands in the store: as bytes ({@link Codec}), as a slot, as an expression. Immutable; for many threads.
 */
public interface ValueCodec<T> {
    /** The value_size that a map must have. */
    int sizeBytes();

    /** Whether a map of this type can hold what it writes. A map is opened only where it can. */
    default boolean fits(MapType type) {
        return true;
    }

    /** What is stored; {@link IllegalArgumentException} where the value does not fit. */
    Value toValue(T value);

    /** What was stored; {@link IllegalArgumentException} where this codec cannot have written it. */
    T fromValue(Value value);
}
