package dev.nestmap.client;

import dev.nestmap.proto.v1.ClusterServiceGrpc;
import dev.nestmap.proto.v1.Member;
import dev.nestmap.proto.v1.StatusRequest;
import dev.nestmap.proto.v1.StatusResponse;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Finds the leader where nothing fails: a follower forwards what it is asked, so a client would never learn that it goes
 * a longer way. Once for each term it asks the member that answered who the others are, and then each of them; only an
 * address behind which the same cluster answers is used, since a member may advertise one that means another machine here.
 */
final class LeaderDiscovery {
    private final LeaderConnections connections;
    private final Duration timeout;
    private final AtomicLong knownTerm = new AtomicLong();

    LeaderDiscovery(LeaderConnections connections, Duration timeout) {
        this.connections = connections;
        this.timeout = timeout;
    }

    void answered(Connection asked, Origin origin) {
        long term = origin.term();
        long known = knownTerm.get();
        if (term > known && knownTerm.compareAndSet(known, term)) {
            status(asked, seen -> follow(asked.target(), seen));
        }
    }

    private void follow(String from, StatusResponse seen) {
        String clusterId = seen.getHeader().getClusterId();
        for (Member member : seen.getMembersList()) {
            if (!member.getClientAddress().isEmpty()
                    && !member.getId().equals(seen.getHeader().getMemberId())) {
                Target.ifValid(member.getClientAddress())
                        .ifPresent(address -> verify(from, address, clusterId));
            }
        }
    }

    private void verify(String from, String address, String clusterId) {
        Connection connection;
        try {
            connection = connections.to(address);
        } catch (NestmapException closed) {
            return;
        }
        status(connection, seen -> {
            if (seen.getHeader().getClusterId().equals(clusterId)) {
                connections.learn(address);
                if (seen.getServing()) {
                    connections.prefer(from, address);
                }
            }
        });
    }

    private void status(Connection connection, Consumer<StatusResponse> then) {
        ClientCalls.asyncUnaryCall(
                connection.channel()
                        .newCall(ClusterServiceGrpc.getStatusMethod(),
                                CallOptions.DEFAULT.withDeadlineAfter(timeout.toNanos(),
                                        TimeUnit.NANOSECONDS)),
                StatusRequest.getDefaultInstance(), new StreamObserver<StatusResponse>() {
                    @Override
                    public void onNext(StatusResponse response) {
                        then.accept(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        // Nothing is lost: calls go on as before, forwarded by the member that they go to.
                    }

                    @Override
                    public void onCompleted() {}
                });
    }
}
