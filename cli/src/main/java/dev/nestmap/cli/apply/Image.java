package dev.nestmap.cli.apply;

import dev.nestmap.cli.render.ValueText;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.map.MapRef;
import java.util.Map;
import java.util.Optional;

/**
 * What the store held at one revision.
 *
 * @param held of the maps that documents are about, those that exist
 * @param named all maps of the documents' namespaces by name
 * @param byId the same by id, those without a name too
 * @param unlinked maps without a name in slots for which documents want such a map, by id
 */
public record Image(
        long revision,
        Map<MapRef, Held> held,
        Map<MapRef, MapDescription> named,
        Map<Long, MapDescription> byId,
        Map<Long, Held> unlinked) {
    /** Copies the maps. */
    public Image {
        held = Map.copyOf(held);
        named = Map.copyOf(named);
        byId = Map.copyOf(byId);
        unlinked = Map.copyOf(unlinked);
    }

    /** A map that documents are about; empty: it is to be created. */
    Optional<Held> held(MapRef ref) {
        return Optional.ofNullable(held.get(ref));
    }

    /** Names for the maps in slots. */
    public ValueText values() {
        return new ValueText(id -> Optional.ofNullable(byId.get(id)));
    }
}
