package dev.nestmap.client.typed;

import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.ValueCodec;

/** How keys and values of a map are written. */
public record TypedCodecs<K, V>(Codec<K> keys, ValueCodec<V> values) {}
