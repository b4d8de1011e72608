package dev.nestmap.client;

import com.google.protobuf.MessageLite;
import dev.nestmap.client.wire.InvalidMessageException;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One call, before it is sent anywhere.
 *
 * @param messages what is sent, from the time that is left: one, or the parts of a stream; the same identity in every
 *     attempt of a write
 * @param doing what is being done, with what: the beginning of every message about it
 * @param decoder from the answer to the model
 * @param timeout for all attempts
 * @param attemptTimeout for one
 */
record Request<Q extends MessageLite, A, T>(
        MethodDescriptor<Q, A> method,
        Effect effect,
        Function<Duration, List<Q>> messages,
        Supplier<String> doing,
        Decoder<A, T> decoder,
        Duration timeout,
        Duration attemptTimeout) {
    /** Whether an attempt may have changed something. */
    enum Effect {
        READ, WRITE
    }

    /** From the wire to the model. */
    interface Decoder<A, T> {
        Answer<T> decode(A answer) throws InvalidMessageException;
    }
}
