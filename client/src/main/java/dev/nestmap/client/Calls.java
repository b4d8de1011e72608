package dev.nestmap.client;

import com.google.protobuf.MessageLite;
import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.Request.Decoder;
import dev.nestmap.client.Request.Effect;
import dev.nestmap.client.wire.RequestCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.proto.v1.ReadOptions;
import dev.nestmap.proto.v1.Write;
import io.grpc.MethodDescriptor;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes calls and ends them when the client is closed. Gives writes their identity. Safe for many threads. */
final class Calls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Calls.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int SLOW_BYTES_PER_MILLI = 4 << 10;

    private final ClientOptions options;
    private final LeaderConnections connections;
    private final Bytes clientId;
    private final AtomicLong lastCallId = new AtomicLong();
    private final Random jitter = new Random();
    private final ScheduledThreadPoolExecutor timer;
    private final Set<RetryingCall<?, ?, ?>> running = ConcurrentHashMap.newKeySet();
    private final AtomicInteger underWay = new AtomicInteger();
    private final List<WriteListener> writeListeners = new CopyOnWriteArrayList<>();
    private final KnownRevision known = new KnownRevision(System::nanoTime);
    private volatile boolean closed;

    Calls(ClientOptions options, LeaderConnections connections) {
        this.options = options;
        this.connections = connections;
        byte[] id = new byte[RequestId.CLIENT_ID_BYTES];
        new SecureRandom().nextBytes(id);
        this.clientId = Bytes.wrap(id);
        this.timer = new ScheduledThreadPoolExecutor(1,
                Thread.ofPlatform()
                        .daemon()
                        .name("nestmap-client-retry")
                        .uncaughtExceptionHandler(
                                (thread, e) -> LOG.error("{} failed", thread.getName(), e))
                        .factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    /** The write of a command, with an identity that no other write has. */
    Write identified(Command command) {
        return RequestCodec.write(
                new RequestId(clientId, lastCallId.incrementAndGet(), known.revision()), command);
    }

    /** A dump; nothing is sent before it is read. */
    Dump dump(MapRef map, Consistency consistency, Dump.WhenGone whenGone) {
        return new Dump(connections, options, map, read(consistency), whenGone);
    }

    /** A look into kernels; nothing is sent before it is read. */
    LiveRead readLive(LiveQuery query) {
        return new LiveRead(connections, options, query);
    }

    /** A question about a pin; nothing is sent before the answer is read. */
    LiveRead askPin(PinQuery query) {
        return new LiveRead(connections, options, query);
    }

    static ReadOptions read(Consistency consistency) {
        return switch (consistency) {
            case Consistency.Linearizable() -> ReadOptions.getDefaultInstance();
            case Consistency.Local() -> ReadOptions.newBuilder().setLocal(true).build();
            case Consistency.AtLeast(long revision) ->
                ReadOptions.newBuilder().setLocal(true).setAtLeastRevision(revision).build();
            case Consistency.Exactly(long revision) ->
                ReadOptions.newBuilder().setExactRevision(revision).build();
        };
    }

    <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> read(MethodDescriptor<Q, A> method,
            Q message,
            Supplier<String> doing, Decoder<A, T> decoder) {
        return start(new Request<>(method, Effect.READ, left -> List.of(message), doing, decoder,
                options.timeout(), options.attemptTimeout()), null);
    }

    /** A write of a command; {@code part} is the field of {@link Write} that is sent. */
    <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> write(Command command,
            MethodDescriptor<Q, A> method, Function<Write, Q> part, Supplier<String> doing,
            Decoder<A, T> decoder) {
        Q message = part.apply(identified(command));
        return start(new Request<>(method, Effect.WRITE, left -> List.of(message), doing,
                answer -> acknowledged(command, decoder.decode(answer)), options.timeout(),
                options.attemptTimeout()), null);
    }

    /** The same with a method that takes a stream, where there is more than one part. */
    <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> writeInParts(Command command,
            MethodDescriptor<Q, A> method, MethodDescriptor<Q, A> streamed,
            Function<Write, Q> part, Function<Q, List<Q>> split, Supplier<String> doing,
            Decoder<A, T> decoder) {
        return inParts(Effect.WRITE, part.apply(identified(command)), method, streamed, split,
                doing,
                answer -> acknowledged(command, decoder.decode(answer)));
    }

    /** A read whose question may be long. */
    <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> readInParts(Q message,
            MethodDescriptor<Q, A> method, MethodDescriptor<Q, A> streamed,
            Function<Q, List<Q>> split, Supplier<String> doing, Decoder<A, T> decoder) {
        return inParts(Effect.READ, message, method, streamed, split, doing, decoder);
    }

    private <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> inParts(Effect effect,
            Q message, MethodDescriptor<Q, A> method, MethodDescriptor<Q, A> streamed,
            Function<Q, List<Q>> split, Supplier<String> doing, Decoder<A, T> decoder) {
        List<Q> parts = split.apply(message);
        Duration extra = Duration.ofMillis(message.getSerializedSize() / SLOW_BYTES_PER_MILLI);
        return start(new Request<>(parts.size() == 1 ? method : streamed, effect, left -> parts,
                doing, decoder, options.timeout().plus(extra.multipliedBy(2)),
                options.attemptTimeout().plus(extra)), null);
    }

    /** Hears of every write from now on, until the result is closed. */
    WriteListener.Registration onWrite(WriteListener listener) {
        writeListeners.add(listener);
        return () -> writeListeners.remove(listener);
    }

    /** Runs before the future of the call completes: who waits for it finds the listeners told. */
    <T> Answer<T> acknowledged(Command command, Answer<T> answer) {
        if (!writeListeners.isEmpty()) {
            Set<MapRef> maps = WriteListener.mapsOf(command);
            writeListeners.forEach(listener -> tell(listener, maps, answer.revision()));
        }
        return answer;
    }

    /** Neither the write nor the other listeners suffer from one that fails. */
    private static void tell(WriteListener listener, Set<MapRef> maps, long revision) {
        try {
            listener.acknowledged(maps, revision);
        } catch (RuntimeException | Error e) {
            LOG.error("a listener failed at hearing of the write to {} in revision {}", maps,
                    revision, e);
        }
    }

    /** A read whose answer may rightly take as long as {@code waiting}. */
    <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> waiting(
            MethodDescriptor<Q, A> method,
            Function<Duration, Q> message, Duration waiting, Supplier<String> doing,
            Decoder<A, T> decoder) {
        Duration whole = waiting.plus(options.timeout());
        return start(new Request<>(method, Effect.READ,
                left -> List.of(message.apply(left.minus(options.timeout()))), doing, decoder,
                whole,
                whole), null);
    }

    /** One attempt at one member. */
    <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> once(String target,
            MethodDescriptor<Q, A> method,
            Q message, Supplier<String> doing, Decoder<A, T> decoder) {
        return start(new Request<>(method, Effect.READ, left -> List.of(message), doing, decoder,
                options.attemptTimeout(), options.attemptTimeout()), target);
    }

    @Override
    public void close() {
        closed = true;
        timer.shutdownNow();
        running.forEach(RetryingCall::close);
    }

    private <Q extends MessageLite, A, T> CompletableFuture<Answer<T>> start(
            Request<Q, A, T> request,
            @Nullable String only) {
        var call = new RetryingCall<>(request, connections, timer, options.maxMessageBytes(),
                new Pace(FIRST_PAUSE, LONGEST_PAUSE, jitter),
                new FirstContact(connections, options.patience()), only);
        CompletableFuture<Answer<T>> result = call.result();
        if (underWay.incrementAndGet() > options.maxCalls()) {
            underWay.decrementAndGet();
            result.completeExceptionally(new NestmapException(Kind.OVERLOADED,
                    "%s: %d calls of this client are under way (maxCalls); wait for some of them first"
                            .formatted(request.doing().get(), options.maxCalls()),
                    null));
            return result;
        }
        running.add(call);
        var _ = result.whenComplete((answer, error) -> {
            underWay.decrementAndGet();
            running.remove(call);
            if (error != null) {
                call.abandon();
            } else {
                known.heard(answer.revision());
            }
        });
        if (closed) {
            result.completeExceptionally(
                    new NestmapException(Kind.CLOSED, "the client is closed", null));
        }
        return call.start();
    }
}
