package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.tree.Tree;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is replicated. Immutable: readers, watchers and snapshots hold one and never lock.
 *
 * @param revision grows by one with each committed change
 * @param lastMapId the highest id ever given
 * @param maps by {@link MapState#key}
 * @param names the id (eight bytes, big-endian) of each named map by {@link #nameKey}, and again by {@link #pinKey} where its
 * definition has a pin path of its own
 * @param nodes labels by the node's name in UTF-8
 * @param elementCount stored elements of all maps
 */
public record FleetState(
        long revision,
        long lastMapId,
        Tree<MapState> maps,
        Tree<Bytes> names,
        Tree<NodeLabels> nodes,
        Answers answers,
        long elementCount) {
    /** The state before the first change. */
    public static final FleetState EMPTY = new FleetState(0, 0, Tree.ofObjects(), Tree.ofBytes(),
            Tree.ofObjects(), Answers.NONE,
            0);

    /** Orders names by namespace; neither part can hold a zero byte. */
    public static Bytes nameKey(String namespace, String name) {
        return Bytes.utf8(namespace + '\0' + name);
    }

    /** A pin path among the names: no namespace begins with a zero byte. */
    public static Bytes pinKey(String path) {
        return Bytes.utf8('\0' + path);
    }

    /** The map with an id; null where there is none. */
    public @Nullable MapState map(long id) {
        return maps.get(MapState.key(id));
    }

    /** True for an id that was not given out yet. */
    public boolean lastMapIdIsBelow(long id) {
        return Long.compareUnsigned(id, lastMapId) > 0;
    }

    /** The map that is meant; null where there is none. */
    public @Nullable MapState find(MapRef ref) {
        return switch (ref) {
            case MapRef.ById(long id) -> map(id);
            case MapRef.ByName(String namespace, String name) -> named(namespace, name);
            case MapRef.ByPin(String path) -> pinned(path);
        };
    }

    /** The labels that were set on a node through the API. */
    public Map<String, String> labels(String node) {
        NodeLabels labels = nodes.get(Bytes.utf8(node));
        return labels == null ? Map.of() : labels.labels();
    }

    private @Nullable MapState named(String namespace, String name) {
        Bytes id = names.get(nameKey(namespace, name));
        return id == null ? null : map(id.longBe(0));
    }

    private @Nullable MapState pinned(String path) {
        Bytes override = names.get(pinKey(path));
        if (override != null) {
            return map(override.longBe(0));
        }
        Bytes id = names.get(defaultPinKey(path));
        MapState named = id == null ? null : map(id.longBe(0));
        return named != null && named.spec().pinPath().isEmpty() ? named : null;
    }

    /** The name that a path ends in, where it is a default pin path: {@code .../namespace/name}. */
    static Bytes defaultPinKey(String path) {
        int name = path.lastIndexOf('/');
        int namespace = name <= 0 ? -1 : path.lastIndexOf('/', name - 1);
        return namespace < 0
                ? Bytes.empty()
                : nameKey(path.substring(namespace + 1, name), path.substring(name + 1));
    }
}
