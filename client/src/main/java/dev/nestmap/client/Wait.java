package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Blocking calls on top of asynchronous ones. */
public final class Wait {
    private Wait() {}

    /**
     * The value of a call; bounded by the deadline that every call has. Throws its {@link NestmapException}, and {@link
     * IllegalArgumentException} where a codec could not read the answer.
     */
    public static <T> T on(CompletableFuture<T> call) {
        try {
            return call.get();
        } catch (InterruptedException e) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new NestmapException(Kind.CANCELLED,
                    "interrupted while waiting for an answer; a write may or may not have been done",
                    e);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case NestmapException known -> known.seenByCaller();
                case IllegalArgumentException unreadable ->
                    new IllegalArgumentException(unreadable.getMessage(), unreadable);
                case null, default -> new NestmapException(Kind.INTERNAL,
                        "a call failed unexpectedly: " + e, e);
            };
        }
    }
}
