package dev.nestmap.cli;

import dev.nestmap.proto.v1.ClusterServiceGrpc;
import dev.nestmap.proto.v1.GetNodeRequest;
import dev.nestmap.proto.v1.GetNodeResponse;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.ListNodesRequest;
import dev.nestmap.proto.v1.ListNodesResponse;
import dev.nestmap.proto.v1.Member;
import dev.nestmap.proto.v1.Node;
import dev.nestmap.proto.v1.NodeServiceGrpc;
import dev.nestmap.proto.v1.SetLabelsRequest;
import dev.nestmap.proto.v1.SetLabelsResponse;
import dev.nestmap.proto.v1.StatusRequest;
import dev.nestmap.proto.v1.StatusResponse;
import dev.nestmap.proto.v1.WaitAppliedRequest;
import dev.nestmap.proto.v1.WaitAppliedResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Nodes and members that say what a test told them to. */
final class FakeFleet {
    private final Supplier<Header> header;
    private final List<Node> all = new CopyOnWriteArrayList<>();
    private final List<SetLabelsRequest> labelled = new CopyOnWriteArrayList<>();
    private final List<ListNodesRequest> listed = new CopyOnWriteArrayList<>();
    private final List<WaitAppliedRequest> waits = new CopyOnWriteArrayList<>();
    private volatile WaitAppliedResponse applied = WaitAppliedResponse.getDefaultInstance();

    FakeFleet(Supplier<Header> header) {
        this.header = header;
    }

    void add(Node node) {
        all.add(node);
    }

    void answerWaits(WaitAppliedResponse response) {
        applied = response;
    }

    List<SetLabelsRequest> labelled() {
        return List.copyOf(labelled);
    }

    List<ListNodesRequest> listed() {
        return List.copyOf(listed);
    }

    List<WaitAppliedRequest> waits() {
        return List.copyOf(waits);
    }

    NodeServiceGrpc.NodeServiceImplBase nodes() {
        return new NodeServiceGrpc.NodeServiceImplBase() {
            @Override
            public void list(ListNodesRequest request,
                    StreamObserver<ListNodesResponse> observer) {
                listed.add(request);
                answer(observer, ListNodesResponse.newBuilder()
                        .setHeader(header.get())
                        .addAllNodes(all)
                        .build());
            }

            @Override
            public void get(GetNodeRequest request, StreamObserver<GetNodeResponse> observer) {
                answer(observer, GetNodeResponse.newBuilder()
                        .setHeader(header.get())
                        .setNode(all.stream()
                                .filter(node -> node.getName().equals(request.getName()))
                                .findFirst()
                                .orElse(Node.newBuilder().setName(request.getName()).build()))
                        .build());
            }

            @Override
            public void setLabels(SetLabelsRequest request,
                    StreamObserver<SetLabelsResponse> observer) {
                labelled.add(request);
                answer(observer, SetLabelsResponse.newBuilder().setHeader(header.get()).build());
            }

            @Override
            public void waitApplied(WaitAppliedRequest request,
                    StreamObserver<WaitAppliedResponse> observer) {
                waits.add(request);
                answer(observer, applied.toBuilder().setHeader(header.get()).build());
            }
        };
    }

    ClusterServiceGrpc.ClusterServiceImplBase cluster() {
        return new ClusterServiceGrpc.ClusterServiceImplBase() {
            @Override
            public void status(StatusRequest request, StreamObserver<StatusResponse> observer) {
                answer(observer, StatusResponse.newBuilder()
                        .setHeader(header.get())
                        .addMembers(Member.newBuilder()
                                .setId("n1")
                                .setRaftAddress("127.0.0.1:7481")
                                .setClientAddress("127.0.0.1:7480"))
                        .addMembers(Member.newBuilder()
                                .setId("n2")
                                .setRaftAddress("127.0.0.1:2")
                                .setClientAddress("127.0.0.1:1"))
                        .setLeaderId("n1")
                        .setServing(true)
                        .setAppliedIndex(20)
                        .setMaps(3)
                        .setElements(5)
                        .setFollowers(2)
                        .setVersion("0.1.0")
                        .build());
            }
        };
    }

    private static <T> void answer(StreamObserver<T> observer, T answer) {
        observer.onNext(answer);
        observer.onCompleted();
    }
}
