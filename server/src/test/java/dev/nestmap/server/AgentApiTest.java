package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.proto.v1.AgentServiceGrpc;
import dev.nestmap.proto.v1.FollowRequest;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Hello;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How an agent's stream ends where the agent ends it. */
class AgentApiTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;
    private NestmapServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = NestmapServer.start(
                new ServerConfig("one", directory.resolve("data"), "127.0.0.1:0", "", List.of()),
                (message, cause) -> {});
        server.awaitLeader(PATIENCE);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void anAgentThatEndsItsStreamIsAnsweredThatAllIsWell() throws Exception {
        End end = new End();
        StreamObserver<FollowRequest> agent = AgentServiceGrpc.newStub(channel).follow(end);
        agent.onNext(FollowRequest.newBuilder()
                .setHello(Hello.newBuilder()
                        .setNode("n1")
                        .setIncarnation(ByteString.copyFrom(new byte[16])))
                .build());
        agent.onCompleted();
        assertEquals(Status.Code.OK, end.status().getCode());
    }

    @Test
    void aStreamThatNeverSaidWhoseItIsIsRefused() throws Exception {
        End end = new End();
        AgentServiceGrpc.newStub(channel).follow(end).onCompleted();
        Status status = end.status();
        assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
        assertTrue(String.valueOf(status.getDescription()).contains("without a Hello"),
                status::toString);
    }

    /** How the stream ended. */
    private static final class End implements StreamObserver<FollowResponse> {
        private final CompletableFuture<Status> status = new CompletableFuture<>();

        Status status() throws Exception {
            return status.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void onNext(FollowResponse answer) {}

        @Override
        public void onError(Throwable error) {
            status.complete(Status.fromThrowable(error));
        }

        @Override
        public void onCompleted() {
            status.complete(Status.OK);
        }
    }
}
