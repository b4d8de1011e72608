package dev.nestmap.cli.command;

import dev.nestmap.cli.render.InnerMaps;
import dev.nestmap.client.MapDescription;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Looks maps up in the store, each once: the first few one by one, then all together. One thread uses it. */
final class StoredMaps implements InnerMaps {
    private static final int ONE_BY_ONE = 8;

    private final NestmapClient client;
    private final Map<Long, Optional<MapDescription>> known = new HashMap<>();
    private int asked;

    StoredMaps(NestmapClient client) {
        this.client = client;
    }

    @Override
    public Optional<MapDescription> find(long id) {
        if (!known.containsKey(id) && asked == ONE_BY_ONE) {
            client.maps().list("").value().forEach(map -> known.put(map.id(), Optional.of(map)));
            asked++;
        }
        return known.computeIfAbsent(id, this::ask);
    }

    private Optional<MapDescription> ask(long id) {
        asked++;
        try {
            return Optional.of(client.map(new MapRef.ById(id)).describe().value());
        } catch (NestmapException e) {
            if (e.is(Errno.ENOENT)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
