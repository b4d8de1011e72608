package dev.nestmap.cli.adopting;

import dev.nestmap.client.PinnedMap;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be taken into the store.
 *
 * @param map as its node describes it
 * @param spec as the store is to have it
 * @param elements what is to be in it; of an outer map its slots
 * @param inners the maps in its slots
 */
record Adoption(PinnedMap map, MapSpec spec, List<Element> elements, List<Adoption> inners) {
    Adoption {
        elements = List.copyOf(elements);
        inners = List.copyOf(inners);
    }

    /** Maps in slots before the map that holds them. */
    List<Adoption> all() {
        List<Adoption> all = new ArrayList<>(inners);
        all.add(this);
        return all;
    }
}
