package dev.nestmap.cli.command;

import dev.nestmap.client.Answer;
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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All elements of a devmap. Like the kernel's, the store's devmaps have no batches, and to walk them key by key takes
 * two calls for each possible index; a watch begins with everything that is there, in one answer.
 */
final class DevmapContents {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private DevmapContents() {}

    /** Elements by index, of the revision at which the map was described, or later. */
    static List<Element> read(NestmapClient client, Answer<MapDescription> map)
            throws CommandFailedException {
        Map<Bytes, Value> found = new TreeMap<>(
                Comparator.comparingLong(key -> Integer.toUnsignedLong(key.intLe(0))));
        try (Watch watch = client.watch(WatchOptions.map(map.value().id()))) {
            long seen = -1;
            while (seen < map.revision()) {
                Optional<WatchEvent> event = watch.poll(PATIENCE);
                if (event.isEmpty()) {
                    throw CommandFailedException.failed(
                            "dump \"%s\": the store did not send its elements within %d s"
                                    .formatted(
                                            map.value().spec().name(), PATIENCE.toSeconds()));
                }
                apply(event.get(), found);
                seen = event.get().revision();
            }
        }
        return found.entrySet()
                .stream()
                .map(entry -> new Element(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static void apply(WatchEvent event, Map<Bytes, Value> found) {
        if (event.snapshot()) {
            found.clear();
        }
        for (MapChange change : event.changes()) {
            if (change.removed()) {
                found.clear();
            }
            change.set().forEach(element -> found.put(element.key(), element.value()));
            change.deleted().forEach(found::remove);
        }
    }
}
