package dev.nestmap.cli.apply;

import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import java.util.Map;

/** All elements of one map at one revision. */
public final class Contents {
    private Contents() {}

    /**
     * Elements in the map's order, without those of an array that were never written; none where the map is gone.
     *
     * @param revision not older than this
     */
    public static Map<Bytes, Value> read(NestmapClient client, MapDescription map, long revision)
            throws PlanException {
        return Snapshot.read(client, WatchOptions.map(map.id()), revision)
                .maps()
                .stream()
                .findFirst()
                .map(Held::elements)
                .orElse(Map.of());
    }
}
