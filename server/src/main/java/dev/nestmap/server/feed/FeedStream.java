package dev.nestmap.server.feed;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;

/** One stream with a thread of its own. */
interface FeedStream {
    /** A progress mark is sent when so long nothing was. */
    Duration PROGRESS = Duration.ofSeconds(5);

    /** A receiver that reads nothing for so long is taken for gone; it comes again and goes on where it was. */
    Duration PATIENCE = Duration.ofMinutes(2);

    /** What such a receiver is told. */
    StatusRuntimeException TOO_SLOW = Status.UNAVAILABLE
            .withDescription("nothing was read from this stream for %d s; come again"
                    .formatted(PATIENCE.toSeconds()))
            .asRuntimeException();

    /** Size of one message, about. */
    int CHUNK_BYTES = 512 * 1024;

    /** There may be something new. */
    void wake();

    /** Sends until the stream is closed. */
    void run() throws InterruptedException;

    /** Ends the stream with an error. */
    void fail(Throwable error);
}
