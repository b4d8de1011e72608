package dev.nestmap.client.typed;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.Command.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Operations of a {@link Transaction}, in order; each sees the effects of those before it. A map that one creates is named
 * by the next by its name.
 */
public final class Steps {
    private final List<Step> steps = new ArrayList<>();

    Steps() {}

    /** Creates or replaces an element. */
    public <K, V> Steps put(BpfMap<K, V> map, K key, V value) {
        return put(map, key, value, UpdateFlags.ANY);
    }

    /** Writes an element, with flags of {@link UpdateFlags}. */
    public <K, V> Steps put(BpfMap<K, V> map, K key, V value, long flags) {
        return add(new Command.Update(map.ref(), map.keyCodec().encode(key),
                map.valueCodec().toValue(value), flags));
    }

    /** Writes an element of a map that has no codecs, such as one that an earlier operation creates. */
    public <K, V> Steps put(MapRef map, TypedCodecs<K, V> as, K key, V value) {
        return add(new Command.Update(map, as.keys().encode(key), as.values().toValue(value),
                UpdateFlags.ANY));
    }

    /** Deletes an element. */
    public <K> Steps remove(BpfMap<K, ?> map, K key) {
        return add(new Command.DeleteElem(map.ref(), map.keyCodec().encode(key)));
    }

    /** Puts a map into a slot. */
    public <K> Steps put(OuterMap<K> outer, K key, MapRef inner) {
        return add(new Command.Update(outer.ref(), outer.slots().keyCodec().encode(key),
                new Value.Slot(inner), UpdateFlags.ANY));
    }

    /** Empties a slot. */
    public <K> Steps remove(OuterMap<K> outer, K key) {
        return remove(outer.slots(), key);
    }

    /** Creates a map that is no outer map. */
    public Steps create(MapSpec spec) {
        return add(new Command.Create(spec, new InnerSource.None()));
    }

    /** Creates an outer map for inner maps like this one. */
    public Steps create(MapSpec spec, MapRef likeThis) {
        return add(new Command.Create(spec, new InnerSource.CopiedFrom(likeThis)));
    }

    /** Unlinks a name. */
    public Steps delete(MapRef map) {
        return add(new Command.Delete(map));
    }

    /** Refuses every later change of elements. */
    public Steps freeze(MapRef map) {
        return add(new Command.Freeze(map));
    }

    /** Wants a map on other nodes. */
    public Steps place(MapRef map, Placement placement) {
        return add(new Command.Place(map, placement));
    }

    /** Any operation. */
    public Steps add(Step step) {
        steps.add(step);
        return this;
    }

    List<Step> steps() {
        return List.copyOf(steps);
    }
}
