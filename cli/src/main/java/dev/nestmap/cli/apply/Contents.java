package dev.nestmap.cli.apply;

import dev.nestmap.client.MapChange;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** All elements of a map at one revision: a watch begins with everything that there is, whatever the type. */
public final class Contents {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Contents() {}

    /**
     * Elements in the map's order, without those of an array that were never written.
     *
     * @param revision not older than this
     */
    public static At read(NestmapClient client, MapDescription map, long revision)
            throws PlanException {
        Map<Bytes, Value> found = new LinkedHashMap<>();
        try (Watch watch = client.watch(WatchOptions.map(map.id()))) {
            long seen = -1;
            while (seen < revision) {
                Optional<WatchEvent> event = watch.poll(PATIENCE);
                if (event.isEmpty()) {
                    throw new PlanException(
                            "read %s: the store did not send its elements within %d s"
                                    .formatted(map.spec().ref(), PATIENCE.toSeconds()));
                }
                apply(event.get(), found);
                seen = event.get().revision();
            }
            return new At(seen, found);
        }
    }

    /** What a map held at a revision. */
    public record At(long revision, Map<Bytes, Value> elements) {}

    private static void apply(WatchEvent event, Map<Bytes, Value> found) {
        if (event.snapshot()) {
            found.clear();
        }
        for (MapChange change : event.changes()) {
            if (change.removed()) {
                found.clear();
            }
            for (Element element : change.set()) {
                found.put(element.key(), element.value());
            }
            change.deleted().forEach(found::remove);
        }
    }
}
