package dev.nestmap.model.map;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Pages;
import dev.nestmap.model.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Elements as a map's tree stores them, and as callers know them. */
public final class StoredElements {
    private StoredElements() {}

    /**
     * What a stored entry of this map's tree means to a caller. In a type without keys, the key is the element's position in a
     * QUEUE or STACK (eight bytes, growing with each push), and empty in a BLOOM_FILTER.
     */
    public static Element element(MapSpec spec, Bytes storedKey, Bytes storedValue) {
        return MapRules.of(spec.type()).element(spec, storedKey, storedValue);
    }

    /** The caller's key of a stored one. */
    public static Bytes wireKey(MapSpec spec, Bytes storedKey) {
        return MapRules.of(spec.type()).wireKey(storedKey);
    }

    /** The key under which an element stands in a map's tree. */
    public static Bytes storedKey(MapSpec spec, Bytes wireKey) {
        return MapRules.of(spec.type()).storedKey(wireKey);
    }

    /** The value of an element that was never written; empty where such an element does not exist. */
    public static Optional<Value> initialValue(MapSpec spec) {
        return MapRules.of(spec.type()).isDense()
                ? Optional.of(new Value.Data(Bytes.zeros(spec.valueSize())))
                : Optional.empty();
    }

    /** An element, checked before, as an entry of a map's tree; the reverse of {@link #element}. */
    public static Map.Entry<Bytes, Bytes> stored(MapSpec spec, Element element) {
        return MapRules.of(spec.type()).entry(element);
    }

    /** True where an entry is what is there anyway and therefore not stored: zeros in an array. */
    public static boolean isInitial(MapSpec spec, Bytes storedValue) {
        return MapRules.isDense(spec.type()) && storedValue.isZero();
    }

    /** Whether an element can stand in a map of this definition: the sizes of key and value, and the value's kind. */
    public static boolean fits(MapSpec spec, Element element) {
        TypeRules rules = MapRules.of(spec.type());
        return element.key().size() == rules.elementKeySize(spec)
                && !(element.value() instanceof Value.Slot(MapRef map)
                        && !(map instanceof MapRef.ById))
                && !(rules.valueForm() == ValueForm.SLOT
                        && !(element.value() instanceof Value.Slot))
                && MapElements.checkValue(spec, rules, element.value()).isEmpty();
    }

    /**
     * True for a type whose tree holds the very bytes that system calls move: keys of key_size bytes, but indexes with the most
     * significant byte first, and values of value_size bytes, but for {@link #expressions}.
     */
    public static boolean areVerbatim(MapType type) {
        return MapRules.of(type).isVerbatim();
    }

    /**
     * The entries of a map that {@link MapRules#takesNumbers} whose values are node expressions; no other map may be asked. Costs a look
     * at each leaf, not at each element.
     */
    public static List<Entry<Bytes>> expressions(MapSpec spec, Tree<Bytes> elements) {
        return Pages.entriesOfOtherSize(elements,
                MapRules.of(spec.type()).storedValueSize(spec));
    }

    /** The id of the map that a stored slot holds. */
    public static long slotMapId(Bytes storedValue) {
        return storedValue.longBe(0);
    }
}
