package dev.nestmap.server.api;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.placement.Labels;
import dev.nestmap.proto.v1.AgentServiceGrpc;
import dev.nestmap.proto.v1.FollowRequest;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.Report;
import dev.nestmap.proto.v1.ServeRequest;
import dev.nestmap.proto.v1.ServeResponse;
import dev.nestmap.server.consensus.Consensus;
import dev.nestmap.server.feed.Feed;
import dev.nestmap.server.feed.Feed.AgentOutbox;
import dev.nestmap.server.feed.Outbox;
import dev.nestmap.server.live.AgentLinks;
import dev.nestmap.server.nodes.NodeRegistry;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** nestmap.v1.AgentService: agents follow the leader, in whose memory their reports are. */
final class AgentApi extends AgentServiceGrpc.AgentServiceImplBase {
    private static final int INCARNATION_BYTES = 16;
    /** A report names every map that is not as desired; thousands of them fit. */
    private static final int MESSAGE_LIMIT_BYTES = 1 << 20;

    private final Consensus consensus;
    private final Feed feed;
    private final NodeRegistry registry;
    private final AgentLinks links;

    AgentApi(Consensus consensus, Feed feed, NodeRegistry registry, AgentLinks links) {
        this.consensus = consensus;
        this.feed = feed;
        this.registry = registry;
        this.links = links;
    }

    @Override
    public StreamObserver<FollowRequest> follow(StreamObserver<FollowResponse> observer) {
        return new Session(feed.agentOutbox((ServerCallStreamObserver<FollowResponse>) observer));
    }

    @Override
    public StreamObserver<ServeRequest> serve(StreamObserver<ServeResponse> observer) {
        return new ServeSession(links,
                new Outbox<>((ServerCallStreamObserver<ServeResponse>) observer));
    }

    /** The receiving side of one agent's stream; called by one thread at a time. */
    private final class Session implements StreamObserver<FollowRequest> {
        private final AgentOutbox outbox;
        private final Runnable endStream = this::replaced;
        /** Written by the thread that receives. */
        private volatile @Nullable String node;
        /** Owned by the thread that receives: nothing counts any more. */
        private boolean ended;

        Session(AgentOutbox outbox) {
            this.outbox = outbox;
        }

        @Override
        public void onNext(FollowRequest request) {
            if (ended || request.getSerializedSize() > MESSAGE_LIMIT_BYTES) {
                refuse(invalid("a message of %d bytes, at most %d are possible".formatted(
                        request.getSerializedSize(),
                        MESSAGE_LIMIT_BYTES)));
                return;
            }
            switch (request.getMessageCase()) {
                case HELLO -> hello(request.getHello());
                case REPORT -> report(request.getReport());
                case MESSAGE_NOT_SET -> refuse(invalid("an empty message"));
            }
        }

        @Override
        public void onError(Throwable error) {
            end();
        }

        @Override
        public void onCompleted() {
            if (node == null) {
                refuse(invalid("the stream ended without a Hello"));
            } else {
                outbox.complete();
                end();
            }
        }

        private void hello(Hello hello) {
            Optional<Throwable> refusal = refusal(hello);
            if (refusal.isPresent()) {
                refuse(refusal.get());
                return;
            }
            node = hello.getNode();
            if (!registry.connect(hello, endStream)) {
                outbox.fail(ErrorCodec.error(StoreError.OVERLOADED,
                        "follow: too many nodes follow this member"));
                return;
            }
            node = hello.getNode();
            var _ = consensus.linearizable().whenComplete((_, error) -> {
                if (error != null) {
                    outbox.fail(Replies.error(error));
                    end();
                } else {
                    feed.follow(hello, outbox, this::end);
                }
            });
        }

        private void report(Report report) {
            String reporter = node;
            if (reporter == null) {
                refuse(invalid("a report before Hello"));
            } else {
                registry.report(reporter, endStream, report);
            }
        }

        private void refuse(Throwable error) {
            ended = true;
            outbox.fail(error);
            end();
        }

        private void replaced() {
            outbox.fail(Status.ABORTED.withDescription(
                    "follow: another agent follows as node \"%s\", or this member leads no more; is the name unique?"
                            .formatted(node))
                    .asRuntimeException());
        }

        private void end() {
            String ended = node;
            if (ended != null) {
                registry.disconnect(ended, endStream);
            }
        }

        private Optional<Throwable> refusal(Hello hello) {
            if (node != null) {
                return Optional.of(invalid("a second Hello"));
            }
            if (hello.getIncarnation().size() != INCARNATION_BYTES) {
                return Optional.of(invalid("incarnation is %d bytes, must be %d".formatted(
                        hello.getIncarnation().size(),
                        INCARNATION_BYTES)));
            }
            if (hello.getLabelsCount() > Labels.LIMIT) {
                return Optional.of(invalid(
                        "%d labels, at most %d are possible".formatted(hello.getLabelsCount(),
                                Labels.LIMIT)));
            }
            if (!hello.getClusterId().isEmpty()
                    && !hello.getClusterId().equals(consensus.status().clusterId())) {
                return Optional.of(ErrorCodec.error(StoreError.WRONG_CLUSTER,
                        "follow: node \"%s\" followed cluster %s before, this is cluster %s; if that is meant, start the agent anew"
                                .formatted(hello.getNode(), hello.getClusterId(),
                                        consensus.status().clusterId())));
            }
            Optional<Refusal> name = Labels.checkNode(hello.getNode());
            for (Map.Entry<String, String> label : hello.getLabelsMap().entrySet()) {
                name = name.or(() -> Labels.checkKey(label.getKey()))
                        .or(() -> Labels.checkValue(label.getValue()));
            }
            return name.map(ErrorCodec::error);
        }

        private static Throwable invalid(String what) {
            return ErrorCodec.error(StoreError.INVALID_REQUEST, "follow: " + what);
        }
    }
}
