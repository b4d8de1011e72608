package dev.nestmap.cli.apply;

import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.cli.manifest.Manifest.Freezing;
import dev.nestmap.client.MapDescription;
import dev.nestmap.model.map.MapRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which map of the store each document is about. By name that is plain. A document about a map without a name means the
 * one that a slot which wants it holds already, where that is as the document says; otherwise a new one, which is created
 * under a name that is free, put into the slots and loses the name in the same transaction.
 */
final class Targets {
    private static final int NAME_LIMIT = 63;

    private final Map<MapRef, Manifest> manifests;
    private final Image image;
    private final Map<MapRef, MapRef> unlinked = new HashMap<>();
    private final Map<MapRef, Held> found = new HashMap<>();
    private final Set<Long> taken = new HashSet<>();
    private final Set<MapRef> names = new HashSet<>();
    private final WantedSlots slots;

    private Targets(Map<MapRef, Manifest> manifests, Image image) {
        this.manifests = manifests;
        this.image = image;
        this.slots = WantedSlots.of(manifests.values());
    }

    static Targets of(Map<MapRef, Manifest> manifests, Image image) {
        Targets targets = new Targets(manifests, image);
        for (Manifest manifest : manifests.values()) {
            if (manifest.isUnlinked()) {
                targets.find(manifest);
            }
        }
        return targets;
    }

    /** What the store has of the document's map; empty: it is to be created. */
    Optional<Held> held(Manifest manifest) {
        return manifest.isUnlinked()
                ? Optional.ofNullable(found.get(manifest.ref()))
                : image.held(manifest.ref());
    }

    /** What operations call a map of documents. */
    MapRef ref(MapRef named) {
        return unlinked.getOrDefault(named, named);
    }

    /** The id of a map of documents; 0 where it has none yet. */
    long id(MapRef named) {
        if (ref(named) instanceof MapRef.ById(long id)) {
            return id;
        }
        MapDescription map = unlinked.containsKey(named) ? null : image.named().get(named);
        return map == null ? 0 : map.id();
    }

    /** Refuses a map without a name that no slot is to hold. */
    void check(Manifest manifest) throws PlanException {
        if (manifest.isUnlinked() && !slots.want(manifest.ref())) {
            throw new PlanException(manifest.source(),
                    "metadata.unlinked: no slot of the documents holds %s, so that it would end at once: write {map: %s} into one, or leave metadata.unlinked out"
                            .formatted(manifest.ref(), manifest.spec().name()));
        }
    }

    private void find(Manifest manifest) {
        for (long id : slots.held(manifest.ref(), image.held())) {
            Held candidate = image.unlinked().get(id);
            if (candidate != null && isAsWanted(manifest, candidate) && taken.add(id)) {
                unlinked.put(manifest.ref(), new MapRef.ById(id));
                found.put(manifest.ref(), candidate);
                return;
            }
        }
        MapRef name = freeName(manifest.ref());
        names.add(name);
        unlinked.put(manifest.ref(), name);
    }

    private boolean isAsWanted(Manifest manifest, Held candidate) {
        boolean frozen = candidate.description().frozen();
        return new Definitions(image, manifests).differences(manifest, candidate.description())
                .isEmpty()
                && (manifest.freezing() == Freezing.UNSAID
                        || (manifest.freezing() == Freezing.FROZEN) == frozen)
                && holdsWhatIsWanted(manifest, candidate);
    }

    private boolean holdsWhatIsWanted(Manifest manifest, Held candidate) {
        try {
            return ContentsPlan.of(manifest, Optional.of(candidate), this).steps().isEmpty();
        } catch (PlanException e) {
            return false; // Said where the document is planned.
        }
    }

    private MapRef.ByName freeName(MapRef.ByName wanted) {
        MapRef.ByName name = wanted;
        for (int i = 1; image.named().containsKey(name) || names.contains(name)
                || (manifests.containsKey(name) && !name.equals(wanted)); i++) {
            String behind = "_" + i;
            String kept = wanted.name()
                    .substring(0, Math.min(wanted.name().length(), NAME_LIMIT - behind.length()));
            name = new MapRef.ByName(wanted.namespace(), kept + behind);
        }
        return name;
    }
}
