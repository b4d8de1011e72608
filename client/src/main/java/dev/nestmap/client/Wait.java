package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Blocking calls on top of asynchronous ones. */
public final class Wait {
    private Wait() {}

    /** The value of a call, or its {@link NestmapException}; bounded by the deadline that every call has. */
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
            throw e.getCause() instanceof NestmapException known
                    ? known.seenByCaller()
                    : new NestmapException(Kind.INTERNAL, "a call failed unexpectedly: " + e, e);
        }
    }
}
