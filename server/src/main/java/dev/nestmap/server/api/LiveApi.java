package dev.nestmap.server.api;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapInfoCodec;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.proto.v1.AskPinRequest;
import dev.nestmap.proto.v1.LiveAsk;
import dev.nestmap.proto.v1.LiveQuestion;
import dev.nestmap.proto.v1.ReadLiveRequest;
import dev.nestmap.proto.v1.ReadLiveResponse;
import dev.nestmap.server.live.LiveReads;
import dev.nestmap.server.nodes.AppliedQuestion;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/** Finds the map and the nodes that a client asks of, and has the nodes asked. */
final class LiveApi {
    private static final Duration TIMEOUT_DEFAULT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT_LIMIT = Duration.ofHours(1);
    private static final int NODES_LIMIT = 20_000;

    private final Replies replies;
    private final LiveReads reads;
    private final AppliedQuestion placement;

    LiveApi(Replies replies, LiveReads reads, AppliedQuestion placement) {
        this.replies = replies;
        this.reads = reads;
        this.placement = placement;
    }

    void read(ReadLiveRequest request, ServerCallStreamObserver<ReadLiveResponse> observer) {
        LiveReads.Reading reading = reads.reading(observer);
        var _ = replies.confirmed().whenComplete((state, error) -> {
            try {
                if (error != null) {
                    throw Replies.error(error);
                }
                MapState map = map(state, request);
                check(map, request.getQuestion());
                reading.begin(ReadLiveResponse.newBuilder()
                        .setHeader(replies.header(state.revision()))
                        .setMap(MapInfoCodec.info(map))
                        .addAllNodes(nodes(state, map, request))
                        .build(),
                        LiveAsk.newBuilder()
                                .setMapId(map.id())
                                .setQuestion(request.getQuestion())
                                .build(),
                        timeout(request.getTimeoutMillis()));
            } catch (RuntimeException e) {
                reading.fail(Replies.error(e));
            }
        });
    }

    void ask(AskPinRequest request, ServerCallStreamObserver<ReadLiveResponse> observer) {
        LiveReads.Reading reading = reads.reading(observer);
        var _ = replies.confirmed().whenComplete((state, error) -> {
            try {
                if (error != null) {
                    throw Replies.error(error);
                }
                if (request.getNode().isEmpty()
                        || !request.getQuestion().getPin().startsWith("/")) {
                    throw ErrorCodec.error(StoreError.INVALID_REQUEST,
                            "ask pin: expected a node and the absolute path of a pin");
                }
                reading.begin(ReadLiveResponse.newBuilder()
                        .setHeader(replies.header(state.revision()))
                        .addNodes(request.getNode())
                        .build(),
                        LiveAsk.newBuilder().setPin(request.getQuestion()).build(),
                        timeout(request.getTimeoutMillis()));
            } catch (RuntimeException e) {
                reading.fail(Replies.error(e));
            }
        });
    }

    private static MapState map(FleetState state, ReadLiveRequest request) {
        try {
            return Replies.valueOrError(Reads.map(state, MapRefCodec.ref(request.getMap())));
        } catch (InvalidMessageException e) {
            throw ErrorCodec.error(e.refusal());
        }
    }

    private static void check(MapState map, LiveQuestion question) {
        switch (question.getQuestionCase()) {
            case LOOKUP -> {
                int given = question.getLookup().getKey().size();
                if (given != map.spec().keySize()) {
                    throw ErrorCodec.error(new Refusal(Errno.EINVAL,
                            "lookup %s: key is %d bytes, the map has key_size %d"
                                    .formatted(map.spec().ref(), given, map.spec().keySize())));
                }
            }
            case DUMP, COUNT -> {
                // Nothing in them can be wrong.
            }
            case QUESTION_NOT_SET -> throw ErrorCodec.error(StoreError.INVALID_REQUEST,
                    "read live: the question is missing: lookup, dump or count");
        }
    }

    private List<String> nodes(FleetState state, MapState map, ReadLiveRequest request) {
        if (request.getNodesCount() > NODES_LIMIT) {
            throw ErrorCodec.error(StoreError.TOO_LARGE,
                    "read live: %d nodes, at most %d are possible"
                            .formatted(request.getNodesCount(), NODES_LIMIT));
        }
        List<String> nodes = request.getNodesCount() > 0
                ? List.copyOf(new TreeSet<>(request.getNodesList()))
                : placement.wanting(state, map);
        if (nodes.isEmpty()) {
            throw ErrorCodec.error(StoreError.NO_NODE,
                    "read live %s: no node that is known wants this map (placed on %s); start an agent, or change labels or placement"
                            .formatted(map.spec().ref(), map.spec().placement().describe()));
        }
        return nodes;
    }

    private static Duration timeout(long millis) {
        if (millis == 0) {
            return TIMEOUT_DEFAULT;
        }
        return millis < 0 || millis > TIMEOUT_LIMIT.toMillis()
                ? TIMEOUT_LIMIT
                : Duration.ofMillis(millis);
    }
}
