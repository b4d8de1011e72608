package dev.nestmap.client.cache;

import dev.nestmap.client.Answer;
import dev.nestmap.client.Found;
import dev.nestmap.model.Bytes;
import java.util.concurrent.CompletableFuture;

/** Port: asks the store. */
@FunctionalInterface
interface Loader {
    /**
     * A linearizable lookup that begins now: it sees every write that was acknowledged before. Ends with {@link
     * dev.nestmap.client.NestmapException}; ENOENT says that there is no such map.
     */
    CompletableFuture<Answer<Found>> load(Bytes key);
}
