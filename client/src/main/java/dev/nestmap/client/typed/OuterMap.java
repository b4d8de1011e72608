package dev.nestmap.client.typed;

import dev.nestmap.client.MapHandle;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.codec.Codec;
import dev.nestmap.client.codec.Codecs;
import dev.nestmap.client.codec.ValueCodec;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.Optional;

/** A map of maps: under each key a slot that holds a map or nothing. Throws and waits as {@link BpfMap} does. */
public final class OuterMap<K> {
    private final BpfMap<K, MapRef> slots;

    private OuterMap(BpfMap<K, MapRef> slots) {
        MapType type = slots.description().spec().type();
        if (!type.isOuter()) {
            throw new IllegalArgumentException(
                    "open %s: it is of type %s, only %s and %s have slots"
                            .formatted(slots.openedAs(), type.word(), MapType.ARRAY_OF_MAPS.word(),
                                    MapType.HASH_OF_MAPS.word()));
        }
        this.slots = slots;
    }

    /** Opens an outer map by its name; ENOENT, {@link IllegalArgumentException} where it is none or the codec has another size. */
    public static <K> OuterMap<K> open(NestmapClient client, String name, Codec<K> keys) {
        return new OuterMap<>(BpfMap.open(client, name, keys, Codecs.slot()));
    }

    /** Creates an outer map for inner maps like this one; its type is one of the two outer types. */
    public static <K> OuterMap<K> create(NestmapClient client, String name, MapType type,
            int maxEntries, Codec<K> keys, MapRef likeThis) {
        ValueCodec<MapRef> slot = Codecs.slot();
        client.maps()
                .create(MapSpec.of(client.options().namespace(), name, type, keys.sizeBytes(),
                        slot.sizeBytes(), maxEntries), new InnerSource.CopiedFrom(likeThis));
        return open(client, name, keys);
    }

    /** The map in a slot; empty where the slot is. */
    public Optional<MapHandle> get(K key) {
        return slots.get(key).map(slots.client()::map);
    }

    /** The map in a slot with Java values; empty where the slot is. {@link IllegalArgumentException} as {@link BpfMap#open}. */
    public <L, V> Optional<BpfMap<L, V>> get(K key, Codec<L> keys, ValueCodec<V> values) {
        return slots.get(key).map(ref -> BpfMap.open(slots.client(), ref, keys, values));
    }

    /** Puts a map into a slot in place of whatever is there; the revision that this made. EINVAL where the template differs. */
    public long put(K key, MapRef inner) {
        return slots.put(key, inner);
    }

    /** Puts a map into a slot. */
    public long put(K key, BpfMap<?, ?> inner) {
        return slots.put(key, inner.ref());
    }

    /** Puts a map into a slot. */
    public long put(K key, MapHandle inner) {
        return slots.put(key, inner.ref());
    }

    /** Empties a slot; the revision that this made. ENOENT where it is empty. */
    public long remove(K key) {
        return slots.remove(key);
    }

    /** The slots as a map of references. */
    public BpfMap<K, MapRef> slots() {
        return slots;
    }

    /** This map, whatever becomes of its name. */
    public MapRef ref() {
        return slots.ref();
    }
}
