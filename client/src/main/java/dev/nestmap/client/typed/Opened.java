package dev.nestmap.client.typed;

import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.ValueCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;

/**
 * A map that was found, with codecs that fit it.
 *
 * @param name how it was named when it was opened
 * @param description as it was when it was opened
 */
record Opened<K, V>(
        NestmapClient client,
        MapRef name,
        MapDescription description,
        Codec<K> keys,
        ValueCodec<V> values) {
    Opened {
        requireSizes(name, description.spec(), keys, values);
    }

    static void requireSizes(MapRef name, MapSpec spec, Codec<?> keys, ValueCodec<?> values) {
        require(name, keys, "key", keys.sizeBytes(), spec.keySize());
        require(name, values, "value", values.sizeBytes(), spec.valueSize());
    }

    /** The map itself, whatever becomes of its name. */
    MapRef ref() {
        return description.ref();
    }

    Element element(K key, V value) {
        return new Element(keys.encode(key), values.toValue(value));
    }

    TypedElement<K, V> element(Element element) {
        return new TypedElement<>(key(element.key()), values.fromValue(element.value()));
    }

    K key(Bytes bytes) {
        return keys.decode(bytes);
    }

    private static void require(MapRef name, Object codec, String part, int codecSize,
            int mapSize) {
        if (codecSize != mapSize) {
            throw new IllegalArgumentException(
                    "open %s: the codec %s takes %d bytes, the map has %s_size %s; take a codec of that size"
                            .formatted(name, codec, codecSize, part,
                                    Integer.toUnsignedString(mapSize)));
        }
    }
}
