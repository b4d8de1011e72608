package dev.nestmap.server.api;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.ClusterServiceGrpc;
import dev.nestmap.proto.v1.Member;
import dev.nestmap.proto.v1.StatusRequest;
import dev.nestmap.proto.v1.StatusResponse;
import dev.nestmap.server.consensus.Consensus;
import dev.nestmap.server.consensus.Status;
import dev.nestmap.server.nodes.NodeRegistry;
import io.grpc.stub.StreamObserver;

/** nestmap.v1.ClusterService. */
final class ClusterApi extends ClusterServiceGrpc.ClusterServiceImplBase {
    private final Consensus consensus;
    private final Replies replies;
    private final NodeRegistry registry;
    private final String version;

    ClusterApi(Consensus consensus, Replies replies, NodeRegistry registry, String version) {
        this.consensus = consensus;
        this.replies = replies;
        this.registry = registry;
        this.version = version;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
        FleetState state = consensus.state();
        Status status = consensus.status();
        StatusResponse.Builder answer = StatusResponse.newBuilder()
                .setHeader(replies.header(state.revision()))
                .setLeaderId(status.leaderId().orElse(""))
                .setServing(status.serving())
                .setAppliedIndex(Math.max(0, status.appliedIndex()))
                .setSnapshotIndex(Math.max(0, status.snapshotIndex()))
                .setMaps(state.maps().size())
                .setElements(state.elementCount())
                .setFollowers(registry.connected())
                .setVersion(version);
        status.peers()
                .forEach(peer -> answer.addMembers(Member.newBuilder()
                        .setId(peer.id())
                        .setRaftAddress(peer.raftAddress())
                        .setClientAddress(peer.clientAddress())));
        observer.onNext(answer.build());
        observer.onCompleted();
    }
}
