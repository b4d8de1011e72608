package dev.nestmap.client.wire;

import dev.nestmap.model.map.MapRef;

/** References to maps. */
public final class MapRefCodec {
    /** The namespace that an empty one stands for. */
    public static final String DEFAULT_NAMESPACE = "default";

    private MapRefCodec() {}

    /** To the model; refused where nothing is named. */
    public static MapRef ref(dev.nestmap.proto.v1.MapRef ref) throws InvalidMessageException {
        return switch (ref.getByCase()) {
            case NAME -> new MapRef.ByName(namespace(ref.getNamespace()), ref.getName());
            case ID -> new MapRef.ById(ref.getId());
            case PINNED -> new MapRef.ByPin(ref.getPinned());
            case BY_NOT_SET -> throw new InvalidMessageException(
                    "no map is named: give a name, an id or a pin path");
        };
    }

    /** To the wire. */
    public static dev.nestmap.proto.v1.MapRef ref(MapRef ref) {
        var wire = dev.nestmap.proto.v1.MapRef.newBuilder();
        return switch (ref) {
            case MapRef.ByName(String namespace, String name) ->
                wire.setNamespace(namespace).setName(name).build();
            case MapRef.ById(long id) -> wire.setId(id).build();
            case MapRef.ByPin(String path) -> wire.setPinned(path).build();
        };
    }

    /** The namespace that is meant. */
    public static String namespace(String wire) {
        return wire.isEmpty() ? DEFAULT_NAMESPACE : wire;
    }
}
