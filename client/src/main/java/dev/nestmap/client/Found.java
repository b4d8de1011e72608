package dev.nestmap.client;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.Header;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * What a lookup found in a map that is there.
 *
 * @param value null: the map has no such element
 * @param mapId the map that was meant
 * @param mapRevision the last revision, up to that of the answer, that changed the map: what was found holds at every
 *     revision from this one to the answer's
 */
public record Found(@Nullable Value value, long mapId, long mapRevision) {
    static Found of(Header header, @Nullable Value value) {
        return new Found(value, header.getMapId(), header.getMapRevision());
    }

    /** The answer that a refusal is, where all that it says is that there is no such element. */
    static CompletableFuture<Answer<Found>> orAbsent(Throwable failure) {
        Throwable error = failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
        if (error instanceof NestmapException refused && refused.is(Errno.ENOENT)
                && refused.getCause() != null) {
            Optional<Header> header = ErrorCodec.header(refused.getCause())
                    .filter(seen -> seen.getMapId() != 0);
            if (header.isPresent()) {
                return CompletableFuture.completedFuture(
                        Decode.answer(header.get(), of(header.get(), null)));
            }
        }
        return CompletableFuture.failedFuture(error);
    }
}
