package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import dev.nestmap.model.map.StoredElements;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Tree;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A desired state that a test changes step by step; each change is a revision. */
final class Fleet {
    static final InnerTemplate SMALL_ARRAY = new InnerTemplate(MapType.ARRAY, 4, 4, 4, 0);

    private Desired desired = Desired.NOTHING;

    Desired desired() {
        return desired;
    }

    static MapSpec spec(String name, MapType type, int maxEntries) {
        MapSpec spec = MapSpec.of("default", name, type, 4, 4, maxEntries)
                .withFlags(MapRules.shownFlags(type, 0));
        return type.isOuter() ? spec.withInnerTemplate(SMALL_ARRAY) : spec;
    }

    /** An outer map that is published sealed. */
    static MapSpec sealed(String name, MapType type, int maxEntries) {
        return spec(name, type, maxEntries).withPublish(Publish.SEALED);
    }

    /** A map that programs find by its name. */
    Fleet define(long id, MapSpec spec) {
        return put(new DesiredMap(id, spec, false, false, true, Tree.ofBytes()));
    }

    /** A map that is here only because slots hold it. */
    Fleet defineInner(long id, MapSpec spec) {
        return put(
                new DesiredMap(id, spec.withPlacement(new Placement.FollowsOuter()), false, false,
                        false, Tree.ofBytes()));
    }

    /** A map that is here only because slots hold it: an array of four elements. */
    Fleet defineInner(long id) {
        MapSpec spec = spec("inner" + id, MapType.ARRAY, 4)
                .withPlacement(new Placement.FollowsOuter());
        return put(new DesiredMap(id, spec, false, false, false, Tree.ofBytes()));
    }

    Fleet set(long id, int key, int value) {
        return set(id, key, new Value.Data(Bytes.u32le(value)));
    }

    Fleet slot(long id, int key, long inner) {
        return set(id, key, new Value.Slot(new MapRef.ById(inner)));
    }

    Fleet set(long id, int key, Value value) {
        return set(id, Bytes.u32le(key), value);
    }

    Fleet set(long id, Bytes key, Value value) {
        MapSpec spec = map(id).spec();
        Map.Entry<Bytes, Bytes> stored = StoredElements.stored(spec, new Element(key, value));
        if (StoredElements.isInitial(spec, stored.getValue())) {
            return elements(id, tree -> tree.without(stored.getKey()));
        }
        return elements(id, tree -> tree.with(stored.getKey(), stored.getValue()));
    }

    Fleet delete(long id, int key) {
        return elements(id,
                tree -> tree.without(StoredElements.storedKey(map(id).spec(), Bytes.u32le(key))));
    }

    Fleet delete(long id, Bytes key) {
        return elements(id,
                tree -> tree.without(StoredElements.storedKey(map(id).spec(), key)));
    }

    Fleet freeze(long id) {
        DesiredMap map = map(id);
        return put(
                new DesiredMap(id, map.spec(), true, map.unlinked(), map.placed(), map.elements()));
    }

    Fleet unlink(long id) {
        DesiredMap map = map(id);
        return put(new DesiredMap(id, map.spec(), map.frozen(), true, false, map.elements()));
    }

    Fleet remove(long id) {
        desired = new Desired(desired.revision() + 1, desired.maps().without(Desired.key(id)));
        return this;
    }

    DesiredMap map(long id) {
        DesiredMap map = desired.map(id);
        if (map == null) {
            throw new AssertionError("no map " + id);
        }
        return map;
    }

    private Fleet elements(long id, UnaryOperator<Tree<Bytes>> change) {
        DesiredMap map = map(id);
        return put(new DesiredMap(id, map.spec(), map.frozen(), map.unlinked(), map.placed(),
                change.apply(map.elements())));
    }

    private Fleet put(DesiredMap map) {
        desired = new Desired(desired.revision() + 1,
                desired.maps().with(Desired.key(map.id()), map));
        return this;
    }

}
