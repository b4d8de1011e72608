package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Found;
import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.LookupKind;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which map a cache holds, and whether what came is of it. A map that was opened by its name is that map only while it has
 * the name: who deletes it and makes another of the same name means the other from then on.
 *
 * @param openedAs how it was named
 * @param clusterId whose revisions they are
 */
record MapIdentity(MapRef openedAs, MapDescription description, String clusterId) {
    private long id() {
        return description.id();
    }

    /** Whether a change under one key says nothing about lookups of other keys: not so where the longest prefix is found. */
    boolean exactKeys() {
        return MapRules.lookupKind(description.spec()) == LookupKind.EXACT;
    }

    /** Whether a write to maps so named may have been one to this. */
    boolean mayBeIn(Set<MapRef> written) {
        return written.stream().anyMatch(ref -> switch (ref) {
            case MapRef.ById(long other) -> other == id();
            case MapRef.ByName(String namespace, String name) ->
                description.spec()
                        .ref()
                        .equals(new MapRef.ByName(MapRefCodec.namespace(namespace), name));
            case MapRef.ByPin _ -> true;
        });
    }

    /** The changes of this map. */
    List<MapChange> changes(WatchEvent event) {
        return event.changes().stream().filter(change -> change.mapId() == id()).toList();
    }

    /** What an answer to a lookup says against going on. */
    Optional<Ended> check(Answer<Found> answer, long floor) {
        if (!answer.origin().clusterId().equals(clusterId)) {
            return Optional.of(new Ended.Failed(Kind.WRONG_CLUSTER,
                    "cache of %s: cluster %s answers now, it was %s before; open it again"
                            .formatted(openedAs, answer.origin().clusterId(), clusterId)));
        }
        if (answer.value().mapId() != id()) {
            return Optional.of(gone());
        }
        return check(answer.revision(), floor);
    }

    /** What a revision that the store is at says, where it was at another before. */
    Optional<Ended> check(long revision, long before) {
        return revision < before ? Optional.of(wentBack(revision, before)) : Optional.empty();
    }

    /** What an event says against going on. */
    Optional<Ended> check(WatchEvent event, long applied) {
        if (event.revision() < applied) {
            return Optional.of(wentBack(event.revision(), applied));
        }
        List<MapChange> changes = changes(event);
        boolean removed = event.snapshot()
                ? changes.isEmpty()
                : changes.stream().anyMatch(MapChange::removed);
        boolean renamed = !(openedAs instanceof MapRef.ById)
                && changes.stream()
                        .map(MapChange::description)
                        .anyMatch(now -> now != null && now.unlinked());
        return removed || renamed ? Optional.of(gone()) : Optional.empty();
    }

    /** What a failed lookup says against going on. */
    Optional<Ended> gone(NestmapException failure) {
        return failure.is(Errno.ENOENT) ? Optional.of(gone()) : Optional.empty();
    }

    private Ended gone() {
        return new Ended.Gone(
                "cache of %s: the map (id %d) that had this name is not there any more; open it again"
                        .formatted(openedAs, id()));
    }

    private Ended wentBack(long revision, long before) {
        return new Ended.Failed(Kind.INTERNAL,
                "cache of %s: the store went back from revision %d to %d".formatted(openedAs,
                        before, revision));
    }
}
