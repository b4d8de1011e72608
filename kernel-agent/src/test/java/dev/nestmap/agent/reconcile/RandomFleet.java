package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.tree.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random changes that the store would allow. */
final class RandomFleet {
    private static final int KEYS = 6;
    private static final List<MapType> TYPES = List.of(MapType.ARRAY, MapType.HASH, MapType.DEVMAP,
            MapType.DEVMAP_HASH,
            MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS);

    private final Random random;
    private final Fleet fleet = new Fleet();
    private final Publish publish;
    private long lastId;

    RandomFleet(long seed) {
        this(seed, Publish.IN_PLACE);
    }

    /** With SEALED, half of the outer maps are published so. */
    RandomFleet(long seed, Publish publish) {
        random = new Random(seed);
        this.publish = publish;
    }

    /** The state after some more changes. */
    Desired next() {
        int changes = 1 + random.nextInt(12);
        for (int i = 0; i < changes; i++) {
            change();
        }
        return fleet.desired();
    }

    private void change() {
        List<DesiredMap> maps = new ArrayList<>();
        for (Entry<DesiredMap> entry : fleet.desired().maps()) {
            maps.add(entry.value());
        }
        int dice = random.nextInt(20);
        if (maps.size() < 4 || dice == 0) {
            define();
            return;
        }
        DesiredMap map = maps.get(random.nextInt(maps.size()));
        if (dice == 1) {
            removeUnlessHeld(map);
        } else if (dice == 2 && maps.size() > 8 && !map.frozen() && canFreeze(map)) {
            fleet.freeze(map.id());
        } else if (!map.frozen()) {
            changeElement(map, maps);
        }
    }

    private boolean canFreeze(DesiredMap map) {
        return publish == Publish.IN_PLACE || !map.spec().type().isOuter();
    }

    private void define() {
        long id = ++lastId;
        if (random.nextInt(3) == 0) {
            fleet.defineInner(id);
        } else {
            // Few names, so that a name goes over to another map now and then.
            String name = "map" + random.nextInt(6);
            boolean taken = false;
            for (Entry<DesiredMap> entry : fleet.desired().maps()) {
                taken |= entry.value().spec().name().equals(name);
            }
            if (!taken) {
                MapSpec spec = Fleet.spec(name, TYPES.get(random.nextInt(TYPES.size())), KEYS);
                boolean sealed = publish == Publish.SEALED && spec.type().isOuter()
                        && random.nextBoolean();
                fleet.define(id, sealed ? spec.withPublish(Publish.SEALED) : spec);
            }
        }
    }

    private void removeUnlessHeld(DesiredMap map) {
        for (Entry<DesiredMap> other : fleet.desired().maps()) {
            if (other.value().spec().type().isOuter()) {
                for (Entry<Bytes> slot : other.value().elements()) {
                    if (StoredElements.slotMapId(slot.value()) == map.id()) {
                        return;
                    }
                }
            }
        }
        fleet.remove(map.id());
    }

    private void changeElement(DesiredMap map, List<DesiredMap> maps) {
        int key = random.nextInt(KEYS);
        long id = map.id();
        switch (map.spec().type()) {
            case ARRAY -> {
                if (random.nextInt(6) == 0) {
                    fleet.set(id, key % map.spec().maxEntries(), number());
                } else {
                    fleet.set(id, key % map.spec().maxEntries(), random.nextInt(3));
                }
            }
            case HASH -> {
                if (random.nextInt(3) == 0 || map.elements().size() == map.spec().capacity()) {
                    fleet.delete(id, key);
                } else if (random.nextInt(6) == 0) {
                    fleet.set(id, key, number());
                } else {
                    fleet.set(id, key, random.nextInt());
                }
            }
            case DEVMAP, DEVMAP_HASH -> {
                if (random.nextInt(3) == 0) {
                    fleet.delete(id, key);
                } else {
                    fleet.set(id, key, new Value.Expression("ifindex(\"lo\")"));
                }
            }
            default -> changeSlot(id, key, maps);
        }
    }

    private Value number() {
        return new Value.Expression(random.nextBoolean() ? "cpus()" : "ifindex(\"lo\")");
    }

    private void changeSlot(long id, int key, List<DesiredMap> maps) {
        List<DesiredMap> inners = maps.stream().filter(map -> !map.placed()).toList();
        if (inners.isEmpty() || random.nextInt(4) == 0) {
            fleet.delete(id, key);
        } else {
            fleet.slot(id, key, inners.get(random.nextInt(inners.size())).id());
        }
    }
}
