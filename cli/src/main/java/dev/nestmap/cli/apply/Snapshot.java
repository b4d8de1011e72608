package dev.nestmap.cli.apply;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Maps with their elements at one revision: a watch begins with everything that there is, whatever the types.
 *
 * @param maps ordered by id; elements in the map's order, without those of an array that were never written
 */
public record Snapshot(long revision, List<Held> maps) {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Copies the list. */
    public Snapshot {
        maps = List.copyOf(maps);
    }

    /**
     * Reads what a watch is of.
     *
     * @param revision not older than this
     */
    public static Snapshot read(NestmapClient client, WatchOptions what, long revision)
            throws PlanException {
        Map<Long, Reading> found = new TreeMap<>();
        try (Watch watch = client.watch(what)) {
            long seen = -1;
            while (seen < revision) {
                Optional<WatchEvent> event = watch.poll(PATIENCE);
                if (event.isEmpty()) {
                    throw new PlanException(
                            "the store did not send the elements of its maps within %d s"
                                    .formatted(PATIENCE.toSeconds()));
                }
                apply(event.get(), found);
                seen = event.get().revision();
            }
            List<Held> maps = new ArrayList<>();
            found.values().forEach(reading -> reading.held().ifPresent(maps::add));
            return new Snapshot(seen, maps);
        }
    }

    private static void apply(WatchEvent event, Map<Long, Reading> found) {
        if (event.snapshot()) {
            found.clear();
        }
        for (MapChange change : event.changes()) {
            if (change.removed()) {
                found.remove(change.mapId());
            } else {
                found.computeIfAbsent(change.mapId(), _ -> new Reading()).apply(change);
            }
        }
    }

    /** One map while it is read. */
    private static final class Reading {
        private final Map<Bytes, Value> elements = new LinkedHashMap<>();
        private @Nullable MapDescription description;

        void apply(MapChange change) {
            if (change.description() != null) {
                description = change.description();
            }
            change.set().forEach(element -> elements.put(element.key(), element.value()));
            change.deleted().forEach(elements::remove);
        }

        Optional<Held> held() {
            return Optional.ofNullable(description).map(known -> new Held(known, elements));
        }
    }
}
