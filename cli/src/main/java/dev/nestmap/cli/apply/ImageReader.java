package dev.nestmap.cli.apply;

import dev.nestmap.cli.manifest.Manifest;
import dev.nestmap.client.Answer;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.map.MapRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the store holds of documents. Contents come map by map, so that it looks again afterwards: where no map
 * changed meanwhile, all is of one revision.
 */
public final class ImageReader {
    private static final int ATTEMPTS = 5;

    private final NestmapClient client;
    private final List<Manifest> manifests;
    private final String namespace;

    /** Reads with a client, which stays the caller's. */
    public ImageReader(NestmapClient client, List<Manifest> manifests) {
        this.client = client;
        this.manifests = List.copyOf(manifests);
        Set<String> namespaces = new HashSet<>();
        manifests.forEach(manifest -> namespaces.add(manifest.spec().namespace()));
        // One answer is one revision, so that several namespaces are asked for together.
        this.namespace = namespaces.size() == 1 ? namespaces.iterator().next() : "";
    }

    /** What there is. */
    public Image read() throws PlanException {
        Answer<List<MapDescription>> before = client.maps().list(namespace);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Map<MapRef, Held> held = held(before);
            Map<Long, Held> unlinked = unlinked(before, held);
            Answer<List<MapDescription>> after = client.maps().list(namespace);
            if (isSame(before, after, unlinked.keySet())) {
                return image(after, held, unlinked);
            }
            before = after;
        }
        throw new PlanException(
                "the maps change faster than they can be read, %d times in a row: try again when less is written"
                        .formatted(ATTEMPTS));
    }

    private Map<MapRef, Held> held(Answer<List<MapDescription>> listed) throws PlanException {
        Map<MapRef, MapDescription> named = named(listed.value());
        Map<MapRef, Held> held = new HashMap<>();
        for (Manifest manifest : manifests) {
            MapDescription map = named.get(manifest.ref());
            if (map != null && !manifest.isUnlinked()) {
                held.put(manifest.ref(), new Held(map, manifest.contents().isPresent()
                        ? Contents.read(client, map, listed.revision())
                        : Map.of()));
            }
        }
        return held;
    }

    /** The maps without a name in the slots for which documents want such a map. */
    private Map<Long, Held> unlinked(Answer<List<MapDescription>> listed,
            Map<MapRef, Held> held) throws PlanException {
        Map<Long, MapDescription> byId = byId(listed.value());
        WantedSlots slots = WantedSlots.of(manifests);
        Map<Long, Held> unlinked = new HashMap<>();
        for (Manifest manifest : manifests) {
            if (manifest.isUnlinked()) {
                for (long id : slots.held(manifest.ref(), held)) {
                    MapDescription map = byId.get(id);
                    if (map != null && map.unlinked() && !unlinked.containsKey(id)) {
                        unlinked.put(id, new Held(map,
                                Contents.read(client, map, listed.revision())));
                    }
                }
            }
        }
        return unlinked;
    }

    /** Looks only at the maps that documents are about. */
    private boolean isSame(Answer<List<MapDescription>> before,
            Answer<List<MapDescription>> after, Set<Long> unlinked) {
        Map<MapRef, MapDescription> then = named(before.value());
        Map<MapRef, MapDescription> now = named(after.value());
        Map<Long, MapDescription> thenById = byId(before.value());
        Map<Long, MapDescription> nowById = byId(after.value());
        return manifests.stream()
                .allMatch(manifest -> isSame(then.get(manifest.ref()), now.get(manifest.ref())))
                && unlinked.stream().allMatch(id -> isSame(thenById.get(id), nowById.get(id)));
    }

    private static boolean isSame(@Nullable MapDescription first,
            @Nullable MapDescription second) {
        return first == null
                ? second == null
                : second != null && first.id() == second.id()
                        && first.modifiedRevision() == second.modifiedRevision();
    }

    private static Image image(Answer<List<MapDescription>> listed, Map<MapRef, Held> held,
            Map<Long, Held> unlinked) {
        return new Image(listed.revision(), held, named(listed.value()), byId(listed.value()),
                unlinked);
    }

    private static Map<Long, MapDescription> byId(List<MapDescription> maps) {
        Map<Long, MapDescription> byId = new HashMap<>();
        maps.forEach(map -> byId.put(map.id(), map));
        return byId;
    }

    private static Map<MapRef, MapDescription> named(List<MapDescription> maps) {
        Map<MapRef, MapDescription> named = new HashMap<>();
        maps.stream()
                .filter(map -> !map.unlinked())
                .forEach(map -> named.put(map.spec().ref(), map));
        return named;
    }
}
