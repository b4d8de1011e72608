package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import dev.nestmap.client.ServerStream.Signal;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.proto.v1.LiveCount;
import dev.nestmap.proto.v1.LiveDump;
import dev.nestmap.proto.v1.LiveEnd;
import dev.nestmap.proto.v1.LiveFailure;
import dev.nestmap.proto.v1.LiveLookup;
import dev.nestmap.proto.v1.LiveQuestion;
import dev.nestmap.proto.v1.NodeServiceGrpc;
import dev.nestmap.proto.v1.ReadLiveRequest;
import dev.nestmap.proto.v1.ReadLiveResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What nodes answer to a {@link LiveQuery} or {@link PinQuery}, as it comes: parts of one node in their order, those of several mixed. Each node that is
 * asked ends with a {@link LivePart.Complete} or a {@link LivePart.Failed}. Agents are asked for more as fast as parts are taken.
 * One thread iterates; the caller closes it where it does not read to the end.
 */
public final class LiveRead implements Iterator<LivePart>, AutoCloseable {
    private final Asked<?> asked;
    private final LeaderConnections connections;
    private final Reopening reopening;
    private final Duration attemptTimeout;
    // Confined to the thread that iterates.
    private @Nullable ServerStream<?, ReadLiveResponse> stream;
    private boolean started;
    private @Nullable Answer<MapDescription> description;
    private List<String> nodes = List.of();
    private Set<String> left = new HashSet<>();
    private @Nullable LivePart next;
    private boolean closed;

    /** What is sent, and how messages about it begin. */
    private record Asked<Q>(
            MethodDescriptor<Q, ReadLiveResponse> method,
            Q request,
            Duration within,
            String doing) {
        ServerStream<Q, ReadLiveResponse> open(Connection at) {
            return new ServerStream<>(at, method, request);
        }
    }

    LiveRead(LeaderConnections connections, ClientOptions options, LiveQuery query) {
        this(connections, options, new Asked<>(NodeServiceGrpc.getReadLiveMethod(),
                request(query), query.within(), "read %s live".formatted(query.map())));
    }

    LiveRead(LeaderConnections connections, ClientOptions options, PinQuery query) {
        this(connections, options, new Asked<>(NodeServiceGrpc.getAskPinMethod(),
                DecodePinned.request(query), query.within(),
                "ask node %s about pin %s".formatted(query.node(), query.pin())));
    }

    private LiveRead(LeaderConnections connections, ClientOptions options, Asked<?> asked) {
        this.asked = asked;
        this.connections = connections;
        this.attemptTimeout = options.attemptTimeout();
        this.reopening = new Reopening(connections, options.patience(), options.timeout(),
                asked::doing);
    }

    /** The map as the store has it; waits for the first answer. Throws as {@link #hasNext}, and IllegalStateException for a pin. */
    public Answer<MapDescription> description() {
        awaitStart();
        if (description == null) {
            throw new IllegalStateException(asked.doing() + ": the store knows no map of it");
        }
        return description;
    }

    private void awaitStart() {
        while (!started) {
            step();
        }
    }

    /** The nodes that are asked, by name; waits as {@link #description}. */
    public List<String> nodes() {
        awaitStart();
        return nodes;
    }

    /**
     * Waits for the next part. Throws {@link NestmapException}: ENOENT (no such map), EINVAL, {@link Kind#NO_NODE}, {@link
     * Kind#UNAVAILABLE} also where the member that asks the nodes went away meanwhile.
     */
    @Override
    public boolean hasNext() {
        awaitStart();
        while (next == null && !left.isEmpty()) {
            step();
        }
        return next != null;
    }

    @Override
    public LivePart next() {
        if (!hasNext() || next == null) {
            throw new NoSuchElementException("every node has answered");
        }
        LivePart part = next;
        next = null;
        return part;
    }

    /** Has the nodes asked no more; there are no more parts. */
    @Override
    public void close() {
        closed = true;
        left = Set.of();
        next = null;
        if (stream != null) {
            stream.cancel();
        }
    }

    private void step() {
        if (closed) {
            throw new IllegalStateException(asked.doing() + ": it was closed");
        }
        ServerStream<?, ReadLiveResponse> open = stream;
        try {
            if (open == null) {
                long pauseNanos = reopening.pauseNanos();
                if (pauseNanos > 0) {
                    Thread.sleep(Duration.ofNanos(pauseNanos));
                }
                stream = asked.open(reopening.next());
                return;
            }
            Duration longest = started
                    ? asked.within().plus(attemptTimeout)
                    : attemptTimeout;
            take(open, open.take(longest.toNanos()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reopening.failure(Kind.CANCELLED, "interrupted while waiting", e);
        }
    }

    private void take(ServerStream<?, ReadLiveResponse> open,
            @Nullable Signal<ReadLiveResponse> signal) {
        switch (signal) {
            case null -> {
                open.cancel();
                ended(open, Status.UNAVAILABLE.withDescription("no answer in time")
                        .asRuntimeException());
            }
            case ServerStream.Message<ReadLiveResponse>(ReadLiveResponse response) -> {
                try {
                    received(open, response);
                } catch (InvalidMessageException e) {
                    open.cancel();
                    throw reopening.failure(Kind.INTERNAL, "the answer of %s makes no sense: %s"
                            .formatted(open.connection().target(), e.getMessage()), e);
                }
            }
            case ServerStream.Ended<ReadLiveResponse>(Throwable error) -> ended(open, error);
        }
    }

    private static ReadLiveRequest request(LiveQuery query) {
        LiveQuestion.Builder question = LiveQuestion.newBuilder();
        switch (query.question()) {
            case LiveQuery.Question.Lookup(var key) ->
                question.setLookup(LiveLookup.newBuilder().setKey(ElementCodec.bytes(key)));
            case LiveQuery.Question.Dump() -> question.setDump(LiveDump.getDefaultInstance());
            case LiveQuery.Question.Count() -> question.setCount(LiveCount.getDefaultInstance());
        }
        return ReadLiveRequest.newBuilder()
                .setMap(MapRefCodec.ref(query.map()))
                .setQuestion(question)
                .addAllNodes(query.nodes())
                .setTimeoutMillis(Math.max(1, query.within().toMillis()))
                .build();
    }

    private void received(ServerStream<?, ReadLiveResponse> from, ReadLiveResponse response)
            throws InvalidMessageException {
        if (!started) {
            reopening.heard(from.connection(), Origin.of(response.getHeader()));
            if (response.hasMap()) {
                description = Decode.answer(response.getHeader(), Decode.map(response.getMap()));
            }
            started = true;
            nodes = response.getNodesList();
            left = new HashSet<>(nodes);
            return;
        }
        String node = response.getNode();
        switch (response.getPartCase()) {
            case PAGE -> next = new LivePart.Elements(node,
                    ElementCodec.elements(response.getPage().getElementsList()));
            case PINNED -> next = new LivePart.Pinned(node,
                    DecodePinned.map(response.getPinned()));
            case END -> {
                LiveEnd end = response.getEnd();
                left.remove(node);
                next = new LivePart.Complete(node, end.getCount(), end.getKernelId(),
                        end.getAppliedRevision());
            }
            case FAILURE -> {
                LiveFailure failure = response.getFailure();
                left.remove(node);
                Optional<Errno> errno = Errno.ofNumber(failure.getErrno());
                next = new LivePart.Failed(node, errno, failure.getMessage());
            }
            case PART_NOT_SET -> throw new InvalidMessageException(
                    "a part of node \"%s\" with nothing in it".formatted(node));
        }
    }

    private void ended(ServerStream<?, ReadLiveResponse> from, Throwable error) {
        stream = null;
        if (connections.isClosed()) {
            throw reopening.failure(Kind.CLOSED, "the client is closed", error);
        }
        Optional<NestmapException> failure = reopening.ended(from, error);
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (started) {
            // Another member would ask all nodes again, and what was taken would come twice.
            left = Set.of();
            throw reopening.failure(Kind.UNAVAILABLE,
                    "%s went away before every node had answered; ask again"
                            .formatted(from.connection().target()),
                    error);
        }
    }
}
