package dev.nestmap.server.api;

import dev.nestmap.server.consensus.Consensus;
import dev.nestmap.server.feed.Feed;
import dev.nestmap.server.live.AgentLinks;
import dev.nestmap.server.live.LiveReads;
import dev.nestmap.server.nodes.NodeRegistry;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The port that clients and agents talk to. */
public final class GrpcFrontEnd implements AutoCloseable {
    /** Above the largest write that the log takes and that clients send, so that the refusal comes from us and names the limit. */
    private static final int MESSAGE_LIMIT_BYTES = 33 << 20;
    private static final int CALLS_PER_CONNECTION = 1024;
    private static final long CLOSE_PATIENCE_SECONDS = 3;

    private final Server server;
    private final ExecutorService executor;
    private final HealthStatusManager health;

    private GrpcFrontEnd(Server server, ExecutorService executor, HealthStatusManager health) {
        this.server = server;
        this.executor = executor;
        this.health = health;
    }

    /** Listens; port 0 takes a free one. IOException where the address is taken. */
    public static GrpcFrontEnd start(InetSocketAddress address, Consensus consensus, Feed feed,
            NodeRegistry registry, AgentLinks links, String version) throws IOException {
        Replies replies = new Replies(consensus);
        HealthStatusManager health = new HealthStatusManager();
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
        ExecutorService executor = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name("grpc-", 0).factory());
        ArrivingRequests arriving = new ArrivingRequests();
        try {
            Server server = NettyServerBuilder.forAddress(address)
                    .executor(executor)
                    .maxInboundMessageSize(MESSAGE_LIMIT_BYTES)
                    .maxConcurrentCallsPerConnection(CALLS_PER_CONNECTION)
                    .addStreamTracerFactory(arriving)
                    .intercept(arriving)
                    .intercept(new Connection())
                    .handshakeTimeout(10, TimeUnit.SECONDS)
                    .permitKeepAliveTime(5, TimeUnit.SECONDS)
                    .permitKeepAliveWithoutCalls(true)
                    .keepAliveTime(20, TimeUnit.SECONDS)
                    .keepAliveTimeout(10, TimeUnit.SECONDS)
                    .addService(UnreadableRequests.refused(new MapApi(replies, feed)))
                    .addService(UnreadableRequests.refused(new AgentApi(consensus, feed, registry,
                            links)))
                    .addService(
                            UnreadableRequests.refused(new NodeApi(consensus, replies, registry,
                                    new LiveReads(registry, links))))
                    .addService(UnreadableRequests
                            .refused(new ClusterApi(consensus, replies, registry, version)))
                    .addService(health.getHealthService())
                    .addService(ProtoReflectionServiceV1.newInstance())
                    .build()
                    .start();
            return new GrpcFrontEnd(server, executor, health);
        } catch (IOException e) {
            executor.close();
            throw e;
        }
    }

    /** The port that it listens on. */
    public int port() {
        return server.getPort();
    }

    /** What grpc.health.v1 answers: whether this member can take writes or knows who does. */
    public void serving(boolean isServing) {
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES,
                isServing ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
    }

    @Override
    public void close() {
        health.enterTerminalState();
        server.shutdown();
        try {
            if (!server.awaitTermination(CLOSE_PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                server.shutdownNow();
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        executor.shutdownNow();
    }
}
