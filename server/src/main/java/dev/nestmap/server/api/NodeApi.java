package dev.nestmap.server.api;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.InvalidMessageException;
import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.MapState;
import dev.nestmap.model.state.Reads;
import dev.nestmap.proto.v1.AskPinRequest;
import dev.nestmap.proto.v1.GetNodeRequest;
import dev.nestmap.proto.v1.GetNodeResponse;
import dev.nestmap.proto.v1.ListNodesRequest;
import dev.nestmap.proto.v1.ListNodesResponse;
import dev.nestmap.proto.v1.Node;
import dev.nestmap.proto.v1.NodeServiceGrpc;
import dev.nestmap.proto.v1.ReadLiveRequest;
import dev.nestmap.proto.v1.ReadLiveResponse;
import dev.nestmap.proto.v1.ReadOptions;
import dev.nestmap.proto.v1.SetLabelsRequest;
import dev.nestmap.proto.v1.SetLabelsResponse;
import dev.nestmap.proto.v1.WaitAppliedRequest;
import dev.nestmap.proto.v1.WaitAppliedResponse;
import dev.nestmap.proto.v1.Write;
import dev.nestmap.server.consensus.Consensus;
import dev.nestmap.server.live.LiveReads;
import dev.nestmap.server.nodes.AppliedQuestion;
import dev.nestmap.server.nodes.AppliedQuestion.Standing;
import dev.nestmap.server.nodes.NodeRecord;
import dev.nestmap.server.nodes.NodeRegistry;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/** nestmap.v1.NodeService. */
final class NodeApi extends NodeServiceGrpc.NodeServiceImplBase {
    private static final Duration WAIT_DEFAULT = Duration.ofSeconds(60);
    private static final Duration WAIT_LIMIT = Duration.ofHours(1);
    private static final int WAITERS_LIMIT = 256;

    private final Consensus consensus;
    private final Replies replies;
    private final NodeRegistry registry;
    private final AppliedQuestion question;
    private final LiveApi liveApi;
    /** Each waiter holds a thread and walks the nodes at each report. */
    private final Semaphore waiters = new Semaphore(WAITERS_LIMIT);

    NodeApi(Consensus consensus, Replies replies, NodeRegistry registry, LiveReads live) {
        this.consensus = consensus;
        this.replies = replies;
        this.registry = registry;
        this.question = new AppliedQuestion(registry);
        this.liveApi = new LiveApi(replies, live, question);
    }

    @Override
    public void list(ListNodesRequest request, StreamObserver<ListNodesResponse> observer) {
        replies.read(ReadOptions.getDefaultInstance(), observer, (header, state) -> {
            LabelSelector selector = SpecCodec.selector(request.getSelector());
            ListNodesResponse.Builder answer = ListNodesResponse.newBuilder().setHeader(header);
            question.known(state).forEach((name, record) -> {
                Node node = node(state, name, record);
                if (selector.matches(node.getLabelsMap())) {
                    answer.addNodes(node);
                }
            });
            return answer.build();
        });
    }

    @Override
    public void get(GetNodeRequest request, StreamObserver<GetNodeResponse> observer) {
        replies.read(ReadOptions.getDefaultInstance(), observer, (header, state) -> {
            Optional<NodeRecord> record = registry.find(request.getName());
            if (record.isEmpty() && state.labels(request.getName()).isEmpty()) {
                throw ErrorCodec.error(new Refusal(Errno.ENOENT,
                        "node \"%s\": no agent of that name follows, and it has no labels"
                                .formatted(request.getName())));
            }
            return GetNodeResponse.newBuilder()
                    .setHeader(header)
                    .setNode(node(state, request.getName(), record))
                    .build();
        });
    }

    @Override
    public void setLabels(SetLabelsRequest request, StreamObserver<SetLabelsResponse> observer) {
        replies.write(Write.newBuilder().setSetLabels(request).build(), observer,
                (header, _, _) -> SetLabelsResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void waitApplied(WaitAppliedRequest request,
            StreamObserver<WaitAppliedResponse> observer) {
        if (!waiters.tryAcquire()) {
            observer.onError(ErrorCodec.error(StoreError.OVERLOADED,
                    "wait: %d calls wait already, more are not possible".formatted(WAITERS_LIMIT)));
            return;
        }
        ServerCallStreamObserver<WaitAppliedResponse> call = (ServerCallStreamObserver<WaitAppliedResponse>) observer;
        call.setOnCancelHandler(() -> {
            // seen by isCancelled(); without a handler an answer after that would throw
        });
        Thread.ofVirtual().name("wait-applied").start(() -> {
            try {
                WaitAppliedResponse answer = await(request, call::isCancelled);
                observer.onNext(answer);
                observer.onCompleted();
            } catch (RuntimeException e) {
                observer.onError(Replies.error(e));
            } finally {
                waiters.release();
            }
        });
    }

    @Override
    public void readLive(ReadLiveRequest request, StreamObserver<ReadLiveResponse> observer) {
        liveApi.read(request, (ServerCallStreamObserver<ReadLiveResponse>) observer);
    }

    @Override
    public void askPin(AskPinRequest request, StreamObserver<ReadLiveResponse> observer) {
        liveApi.ask(request, (ServerCallStreamObserver<ReadLiveResponse>) observer);
    }

    private WaitAppliedResponse await(WaitAppliedRequest request, BooleanSupplier isGone) {
        FleetState state = consensus.linearizable().join();
        MapState map = find(state, request);
        return await(request, map, state.revision(), isGone)
                .setHeader(replies.header(state.revision()))
                .build();
    }

    private static MapState find(FleetState state, WaitAppliedRequest request) {
        try {
            return Replies.valueOrError(Reads.map(state, MapRefCodec.ref(request.getMap())));
        } catch (InvalidMessageException e) {
            throw ErrorCodec.error(e.refusal());
        }
    }

    private WaitAppliedResponse.Builder await(WaitAppliedRequest request, MapState map, long newest,
            BooleanSupplier isGone) {
        long revision = request.getRevision() > 0 ? request.getRevision() : newest;
        Duration asked = request.getTimeoutMillis() == 0
                ? WAIT_DEFAULT
                : Duration.ofMillis(request.getTimeoutMillis());
        Duration timeout = asked.compareTo(WAIT_LIMIT) > 0 || asked.isNegative()
                ? WAIT_LIMIT
                : asked;
        try {
            Standing standing = registry
                    .await(() -> finished(map, revision), timeout, isGone)
                    .orElseGet(() -> standing(map, revision));
            return WaitAppliedResponse.newBuilder()
                    .setRevision(revision)
                    .addAllApplied(standing.applied())
                    .addAllMissing(standing.missing());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting", e);
        }
    }

    /** Empty as long as waiting may help: also while no agent has come yet to a member that leads since a moment ago. */
    private Optional<Standing> finished(MapState asked, long revision) {
        return registry.isSettling()
                ? Optional.empty()
                : Optional.of(standing(asked, revision)).filter(now -> now.missing().isEmpty());
    }

    private Standing standing(MapState asked, long revision) {
        FleetState state = consensus.state();
        MapState now = state.map(asked.id());
        Standing standing = question.standing(state, now == null ? asked : now, revision);
        if (standing.applied().isEmpty() && standing.missing().isEmpty()) {
            throw ErrorCodec.error(StoreError.NO_NODE,
                    "wait %s: no node that follows wants this map (placed on %s); start an agent, or change labels or placement"
                            .formatted(asked.spec().ref(), asked.spec().placement().describe()));
        }
        return standing;
    }

    private Node node(FleetState state, String name, Optional<NodeRecord> record) {
        Map<String, String> labels = AppliedQuestion.labels(state, name, record);
        Node.Builder node = Node.newBuilder().setName(name).putAllLabels(labels);
        record.ifPresent(known -> node.setConnected(known.connected())
                .setFacts(known.facts())
                .setReport(known.report())
                .setLastHeardMillis(Math.max(1, registry.silence(known).toMillis())));
        return node.build();
    }
}
