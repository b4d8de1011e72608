package dev.nestmap.client.wire;

import dev.nestmap.model.state.MapState;
import dev.nestmap.proto.v1.MapInfo;

/** What is told of a map. */
public final class MapInfoCodec {
    private MapInfoCodec() {}

    /** To the wire. */
    public static MapInfo info(MapState map) {
        return builder(map).setSpec(SpecCodec.spec(map.spec())).build();
    }

    /** The same for who has the definition already. */
    public static MapInfo state(MapState map) {
        return builder(map).build();
    }

    private static MapInfo.Builder builder(MapState map) {
        return MapInfo.newBuilder()
                .setId(map.id())
                .setFrozen(map.frozen())
                .setUnlinked(map.unlinked())
                .setSlotReferences(map.slotReferences())
                .setElements(map.elements().size())
                .setCreatedRevision(map.createdRevision())
                .setModifiedRevision(map.modifiedRevision());
    }
}
