package dev.nestmap.agent;

import static dev.nestmap.agent.FakeStore.data;
import static dev.nestmap.agent.FakeStore.defined;
import static dev.nestmap.agent.FakeStore.slot;
import static dev.nestmap.agent.FakeStore.with;

import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.MapChange;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Maps of all kinds that can be tampered with, as a store sends them. */
final class MapsOfAllKinds {
    private static final InnerTemplate TABLE = new InnerTemplate(MapType.ARRAY, 4, 4, 4, 0);

    private MapsOfAllKinds() {}

    static MapChange[] of(Path program, int generation) {
        MapSpec table = MapSpec.of("default", "table", MapType.ARRAY, 4, 4, 4)
                .withPlacement(new Placement.FollowsOuter());
        MapSpec inner = MapSpec.of("default", "inner", MapType.HASH, 4, 4, 16)
                .withPlacement(new Placement.FollowsOuter());
        MapSpec outer = MapSpec.of("default", "sealed", MapType.ARRAY_OF_MAPS, 4, 4, 4)
                .withInnerTemplate(TABLE)
                .withPublish(Publish.SEALED);
        MapSpec inPlace = MapSpec.of("default", "in_place", MapType.HASH_OF_MAPS, 4, 4, 16)
                .withInnerTemplate(inner.asTemplate());
        Value lo = new Value.Expression("ifindex(\"lo\")");
        List<MapChange> maps = new ArrayList<>(List.of(
                plain(1, "hash", MapType.HASH), plain(2, "array", MapType.ARRAY),
                with(plain(3, "percpu_hash", MapType.PERCPU_HASH), 3, data(0)),
                plain(4, "percpu_array", MapType.PERCPU_ARRAY),
                withKey(defined(5, MapSpec.of("default", "lpm_trie", MapType.LPM_TRIE, 8, 4, 16)
                        .withFlags(MapFlags.NO_PREALLOC), true),
                        TamperedMaps.prefix(8, 10, 0, 0, 0), data(11)),
                plain(6, "lru_hash", MapType.LRU_HASH),
                elements(7, spec("shared", MapType.HASH).withOwnership(Ownership.SHARED)),
                queue(),
                defined(9, spec("observed", MapType.HASH).withOwnership(Ownership.OBSERVED), true),
                with(defined(10, device("devmap", MapType.DEVMAP), true), 1, lo),
                with(defined(11, device("devmap_hash", MapType.DEVMAP_HASH), true), 1, lo),
                with(defined(12, spec("prog_array", MapType.PROG_ARRAY), true), 1,
                        new Value.Expression("prog(\"" + program + "\")")),
                elements(13, spec("seed", MapType.HASH).withOwnership(Ownership.SEED)),
                with(defined(21, table, false), 1, data(generation)),
                with(defined(22, inner, false), 1, data(11)),
                with(with(defined(20, outer, true), 0, slot(21)), 1, slot(21)),
                with(defined(23, inPlace, true), 1, slot(22))));
        return maps.toArray(MapChange[]::new);
    }

    private static MapChange plain(long id, String name, MapType type) {
        return elements(id, spec(name, type));
    }

    private static MapChange elements(long id, MapSpec spec) {
        return with(with(defined(id, spec, true), 1, data(11)), 2, data(12));
    }

    private static MapChange queue() {
        MapChange queue = defined(8, MapSpec.of("default", "queue", MapType.QUEUE, 0, 4, 4), true);
        return withKey(queue, Bytes.u64be(0), data(1));
    }

    private static MapSpec spec(String name, MapType type) {
        return MapSpec.of("default", name, type, 4, 4, 16);
    }

    private static MapSpec device(String name, MapType type) {
        return spec(name, type).withFlags(MapFlags.RDONLY_PROG);
    }

    private static MapChange withKey(MapChange change, Bytes key, Value value) {
        return change.toBuilder()
                .addSet(ElementCodec.element(new Element(key, value)))
                .build();
    }
}
