package dev.nestmap.cli.manifest;

import dev.nestmap.client.MapDescription;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What documents call the maps in slots. A map with a name has that name; one without is called as it was, or that and
 * its id where another map is called so, and by no more characters than a name has: apply creates it under this name.
 */
public final class SlotNames {
    private static final int NAME_LIMIT = 63;

    private final Map<Long, String> byId = new HashMap<>();
    private final Set<String> taken = new HashSet<>();

    private SlotNames() {}

    /** Of all maps that a store, or a namespace of it, holds at one revision. */
    public static SlotNames of(Collection<MapDescription> maps) {
        SlotNames names = new SlotNames();
        Map<Long, MapDescription> unlinked = new TreeMap<>();
        for (MapDescription map : maps) {
            if (map.unlinked()) {
                unlinked.put(map.id(), map);
            } else {
                names.byId.put(map.id(), map.spec().name());
                names.taken.add(key(map, map.spec().name()));
            }
        }
        unlinked.values().forEach(names::add);
        return names;
    }

    private void add(MapDescription map) {
        String name = map.spec().name();
        String behind = "_" + Long.toUnsignedString(map.id());
        while (!taken.add(key(map, name))) {
            name = name.substring(0, Math.min(name.length(), NAME_LIMIT - behind.length()))
                    + behind;
            behind = "_" + behind;
        }
        byId.put(map.id(), name);
    }

    private static String key(MapDescription map, String name) {
        return map.spec().namespace() + '/' + name;
    }

    /** The name of a map, which must be one of those given. */
    public String of(long id) {
        String name = byId.get(id);
        if (name == null) {
            throw new IllegalStateException(
                    "a slot holds map id %s, which the same revision does not have"
                            .formatted(Long.toUnsignedString(id)));
        }
        return name;
    }
}
