package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapTable;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Draft;
import dev.nestmap.model.tree.Tree;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A state while one command works on it. What was done is in drafts; {@link #commit} makes the next state of them, dropping
 * the workspace leaves the state as it was.
 */
final class Workspace implements MapTable {
    private final FleetState base;
    private final long revision;
    private final Draft<MapState> maps;
    private final Draft<Bytes> names;
    private final Draft<NodeLabels> nodes;
    /** Maps whose elements are being worked on, by id. */
    private final TreeMap<Long, MapElements> open = new TreeMap<>();
    /**
     * Maps that lost a name or a slot. Whether they end is decided at the commit, as if the caller held each map that it names
     * open until then: within a command a map may move from one outer map to another.
     */
    private final TreeSet<Long> loose = new TreeSet<>();
    private long lastMapId;
    private long elementCount;

    Workspace(FleetState base) {
        this.base = base;
        this.revision = base.revision() + 1;
        this.maps = base.maps().draft();
        this.names = base.names().draft();
        this.nodes = base.nodes().draft();
        this.lastMapId = base.lastMapId();
        this.elementCount = base.elementCount();
    }

    /** The revision that a commit makes. */
    long revision() {
        return revision;
    }

    long nextMapId() {
        return ++lastMapId;
    }

    /** The map that is meant, without the element changes that were not flushed yet. */
    @Nullable
    MapState map(MapRef ref) {
        return switch (ref) {
            case MapRef.ById(long id) -> maps.get(MapState.key(id));
            case MapRef.ByName(String namespace, String name) -> {
                Bytes id = names.get(FleetState.nameKey(namespace, name));
                yield id == null ? null : maps.get(id);
            }
            case MapRef.ByPin(String path) -> pinned(path);
        };
    }

    @Override
    public @Nullable Candidate find(MapRef ref) {
        MapState map = map(ref);
        return map == null ? null : new Candidate(map.id(), map.spec());
    }

    private @Nullable MapState pinned(String path) {
        Bytes override = names.get(FleetState.pinKey(path));
        if (override != null) {
            return maps.get(override);
        }
        Bytes id = names.get(FleetState.defaultPinKey(path));
        MapState named = id == null ? null : maps.get(id);
        return named != null && named.spec().pinPath().isEmpty() ? named : null;
    }

    /** The elements of a map, to be worked on. */
    MapElements elements(MapState map) {
        return open.computeIfAbsent(map.id(),
                id -> new MapElements(map.spec(), map.frozen(), map.elements()));
    }

    /** True where a definition has this pin path for its own. */
    boolean isPinTaken(String path) {
        return names.containsKey(FleetState.pinKey(path));
    }

    void add(MapState map) {
        Bytes id = MapState.key(map.id());
        maps.put(id, map);
        names.put(FleetState.nameKey(map.spec().namespace(), map.spec().name()), id);
        if (!map.spec().pinPath().isEmpty()) {
            names.put(FleetState.pinKey(map.spec().pinPath()), id);
        }
    }

    void freeze(MapState map) {
        flush(map.id());
        maps.put(MapState.key(map.id()), current(map.id()).freeze(revision));
    }

    /** The map as all that was done so far has left it. */
    MapState settled(MapState map) {
        flushAll();
        return current(map.id());
    }

    void place(MapState map, Placement placement) {
        maps.put(MapState.key(map.id()), settled(map).withPlacement(placement, revision));
    }

    /** Takes the name away, and at commit the map too where no slot holds it. True where slots still do. */
    boolean unlink(MapState map) {
        MapState unlinked = settled(map).unlink(revision);
        names.remove(FleetState.nameKey(map.spec().namespace(), map.spec().name()));
        names.remove(FleetState.pinKey(map.spec().pinPath()));
        maps.put(MapState.key(map.id()), unlinked);
        loose.add(map.id());
        return unlinked.slotReferences() > 0;
    }

    void setNode(String node, @Nullable NodeLabels labels) {
        if (labels == null) {
            nodes.remove(Bytes.utf8(node));
        } else {
            nodes.put(Bytes.utf8(node), labels);
        }
    }

    @Nullable
    NodeLabels node(String node) {
        return nodes.get(Bytes.utf8(node));
    }

    FleetState commit() {
        flushAll();
        releaseUnused();
        return new FleetState(revision, lastMapId, maps.build(), names.build(), nodes.build(),
                base.answers(), elementCount);
    }

    private void flushAll() {
        while (!open.isEmpty()) {
            flush(open.firstKey());
        }
    }

    /** Brings the changed elements of a map into its record, and the references of its slots into the maps they hold. */
    @SuppressWarnings("ReferenceEquality") // a draft without changes builds the very tree it started from
    private void flush(long id) {
        MapElements elements = open.remove(id);
        if (elements == null) {
            return;
        }
        MapState before = current(id);
        Tree<Bytes> built = elements.build();
        if (built == before.elements()) {
            return;
        }
        elementCount += built.size() - before.elements().size();
        maps.put(MapState.key(id), before.withElements(built, revision));
        if (before.spec().type().isOuter()) {
            moveReferences(before.elements(), built);
        }
    }

    /** Counts all slots first, so that a map which moves from one slot to another is never without a reference between. */
    private void moveReferences(Tree<Bytes> before, Tree<Bytes> after) {
        Map<Long, Long> balance = new TreeMap<>();
        Tree.difference(before, after).forEach(change -> {
            Bytes removed = change.before();
            Bytes added = change.after();
            if (removed != null) {
                balance.merge(StoredElements.slotMapId(removed), -1L, Long::sum);
            }
            if (added != null) {
                balance.merge(StoredElements.slotMapId(added), 1L, Long::sum);
            }
        });
        balance.forEach((id, difference) -> {
            if (difference != 0) {
                MapState inner = current(id);
                MapState counted = inner.withSlotReferences(inner.slotReferences() + difference);
                maps.put(MapState.key(id), counted);
                loose.add(id);
            }
        });
    }

    /** Ends the maps that have neither a name nor a slot. An outer map lets go of its inner maps, which may end too. */
    private void releaseUnused() {
        while (!loose.isEmpty()) {
            MapState map = maps.get(MapState.key(loose.removeFirst()));
            if (map == null || !map.unlinked() || map.slotReferences() > 0) {
                continue;
            }
            maps.remove(MapState.key(map.id()));
            elementCount -= map.elements().size();
            if (map.spec().type().isOuter()) {
                moveReferences(map.elements(), Tree.ofBytes());
            }
        }
    }

    private MapState current(long id) {
        MapState map = maps.get(MapState.key(id));
        if (map == null) {
            throw new IllegalStateException("map id %d is referred to but not there".formatted(id));
        }
        return map;
    }
}
