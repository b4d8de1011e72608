package dev.nestmap.client.typed;

import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.ValueCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;

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
        if (!values.fits(spec.type())) {
            throw new IllegalArgumentException(spec.type().isOuter()
                    ? "open %s: its slots hold maps, which the codec %s cannot read; open it as an OuterMap, or take Codecs.slot()"
                            .formatted(name, values)
                    : "open %s: a map of type %s holds no values for the codec %s".formatted(name,
                            spec.type().word(), values));
        }
    }

    /** The map itself, whatever becomes of its name. */
    MapRef ref() {
        return description.ref();
    }

    Element element(K key, V value) {
        return new Element(keys.encode(key), values.toValue(value));
    }

    TypedElement<K, V> element(Element element) {
        return new TypedElement<>(key(element.key()), value(element.value()));
    }

    /** {@link IllegalArgumentException} with the map's name where the codec cannot have written it. */
    V value(Value value) {
        try {
            return values.fromValue(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("read %s: %s".formatted(name, e.getMessage()), e);
        }
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
