package dev.nestmap.client.cache;

import dev.nestmap.client.NestmapException;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import java.util.concurrent.CompletionException;

/** Why a cache answers nothing any more. */
sealed interface Ended {
    /** The map, or its name, is gone. */
    record Gone(String sentence) implements Ended {}

    /** Whatever else makes the copy worthless. */
    record Failed(Kind kind, String sentence) implements Ended {}

    /** For one reader, with the stack of that reader. */
    default NestmapException exception() {
        return switch (this) {
            case Gone(String sentence) ->
                NestmapException.refused(new Refusal(Errno.ENOENT, sentence));
            case Failed(Kind kind, String sentence) -> NestmapException.of(kind, sentence);
        };
    }

    /** The failure of a call as what it is. */
    static NestmapException known(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null
                ? error.getCause()
                : error;
        return cause instanceof NestmapException known
                ? known
                : NestmapException.of(Kind.INTERNAL, "a lookup failed unexpectedly: " + cause);
    }
}
