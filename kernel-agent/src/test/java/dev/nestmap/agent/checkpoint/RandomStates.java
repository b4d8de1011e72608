package dev.nestmap.agent.checkpoint;

import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.DesiredMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Desired states that follow each other, with maps of every kind of key and value, from a seed. */
final class RandomStates {
    private static final InnerTemplate TEMPLATE = new InnerTemplate(MapType.ARRAY, 4, 4, 4, 0);

    private final Random random;
    private Desired desired = Desired.NOTHING;
    private long lastId;

    RandomStates(long seed) {
        random = new Random(seed);
    }

    /** The next one: maps come, go and change; sometimes nothing but the revision. */
    Desired next() {
        Tree<DesiredMap> maps = desired.maps();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            List<DesiredMap> all = new ArrayList<>();
            for (Entry<DesiredMap> entry : maps) {
                all.add(entry.value());
            }
            if (all.size() < 3 || random.nextInt(5) == 0) {
                DesiredMap created = new DesiredMap(++lastId, spec("m" + lastId), false, false,
                        random.nextBoolean(), Tree.ofBytes());
                maps = maps.with(Desired.key(lastId), changed(created));
            } else {
                DesiredMap map = all.get(random.nextInt(all.size()));
                maps = random.nextInt(10) == 0
                        ? maps.without(Desired.key(map.id()))
                        : maps.with(Desired.key(map.id()), changed(map));
            }
        }
        desired = new Desired(desired.revision() + 1 + random.nextInt(3), maps);
        return desired;
    }

    /** One map with so many elements. */
    static Desired large(long revision, int elements, int valueSize) {
        MapSpec spec = MapSpec.of("default", "large", MapType.HASH, 4, valueSize, elements);
        DesiredMap map = new DesiredMap(1, spec, false, false, true, Tree.ofBytes());
        for (int i = 0; i < elements; i++) {
            map = set(map, new Element(Bytes.u32le(i),
                    new Value.Data(Bytes.u32le(i).concat(Bytes.zeros(valueSize - 4)))));
        }
        return new Desired(revision, Tree.<DesiredMap>ofObjects().with(Desired.key(1), map));
    }

    /** The same with one element of the large map changed. */
    static Desired touched(Desired large, int key, int value) {
        DesiredMap map = large.map(1);
        if (map == null) {
            throw new AssertionError("not a large one");
        }
        Bytes padding = Bytes.zeros(map.spec().valueSize() - 4);
        return new Desired(large.revision() + 1, large.maps()
                .with(Desired.key(1), set(map, new Element(Bytes.u32le(key),
                        new Value.Data(Bytes.u32le(value).concat(padding))))));
    }

    private MapSpec spec(String name) {
        return switch (random.nextInt(7)) {
            case 0 -> MapSpec.of("default", name, MapType.ARRAY, 4, 4, 16);
            case 1 -> MapSpec.of("default", name, MapType.PERCPU_HASH, 4, 4, 16);
            case 2 -> MapSpec.of("default", name, MapType.LPM_TRIE, 8, 4, 16)
                    .withFlags(MapFlags.NO_PREALLOC);
            case 3 -> MapSpec.of("tenant", name, MapType.QUEUE, 0, 4, 16);
            case 4 -> MapSpec.of("default", name, MapType.HASH_OF_MAPS, 4, 4, 16)
                    .withInnerTemplate(TEMPLATE)
                    .withPublish(random.nextBoolean() ? Publish.SEALED : Publish.IN_PLACE);
            case 5 -> MapSpec.of("default", name, MapType.DEVMAP, 4, 4, 16)
                    .withFlags(MapFlags.RDONLY_PROG)
                    .withPlacement(new Placement.FollowsOuter());
            default -> MapSpec.of("default", name, MapType.HASH, 4, 4, 16);
        };
    }

    private DesiredMap changed(DesiredMap map) {
        DesiredMap changed = map;
        if (random.nextInt(6) == 0) {
            changed = new DesiredMap(map.id(), map.spec(), !map.frozen(), random.nextBoolean(),
                    random.nextBoolean(), map.elements());
        }
        for (int elements = random.nextInt(8); elements > 0; elements--) {
            Bytes victim = changed.elements().firstKey();
            changed = victim != null && random.nextInt(3) == 0
                    ? with(changed, changed.elements().without(victim))
                    : set(changed, element(map.spec()));
        }
        return changed;
    }

    private Element element(MapSpec spec) {
        int number = 1 + random.nextInt(12);
        Bytes data = Bytes.u32le(1 + random.nextInt());
        return switch (spec.type()) {
            case LPM_TRIE -> new Element(Bytes.u32le(32).concat(Bytes.u32be(number)),
                    new Value.Data(data));
            case QUEUE -> new Element(Bytes.u64be(number), new Value.Data(data));
            case HASH_OF_MAPS -> new Element(Bytes.u32le(number),
                    new Value.Slot(new MapRef.ById(1 + random.nextInt(100))));
            case DEVMAP -> new Element(Bytes.u32le(number),
                    new Value.Expression("ifindex(\"eth" + number + "\")"));
            case PERCPU_HASH -> new Element(Bytes.u32le(number), random.nextBoolean()
                    ? new Value.Data(data)
                    : new Value.PerCpu(List.of(data, Bytes.u32le(number), data)));
            default -> new Element(Bytes.u32le(number), random.nextInt(5) == 0
                    ? new Value.Expression(number % 2 == 0 ? "cpus()" : "ifindex(\"eth0\")")
                    : new Value.Data(data));
        };
    }

    private static DesiredMap set(DesiredMap map, Element element) {
        Map.Entry<Bytes, Bytes> stored = StoredElements.stored(map.spec(), element);
        return with(map, StoredElements.isInitial(map.spec(), stored.getValue())
                ? map.elements().without(stored.getKey())
                : map.elements().with(stored.getKey(), stored.getValue()));
    }

    private static DesiredMap with(DesiredMap map, Tree<Bytes> elements) {
        return new DesiredMap(map.id(), map.spec(), map.frozen(), map.unlinked(), map.placed(),
                elements);
    }
}
