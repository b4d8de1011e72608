package dev.nestmap.systemtests.differential;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.differential.Comparison;
import dev.nestmap.model.differential.Coverage;
import dev.nestmap.model.differential.Differential;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.server.NestmapServer;
import dev.nestmap.server.ServerConfig;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations through client, gRPC, log and apply() give the very same as the model alone: nothing differs, nothing is
 * intended to. {@code -Dnestmap.operations=N -Dnestmap.seed=S} runs as many and others.
 */
class WholeStackTest {
    private static final long OPERATIONS = Long.getLong("nestmap.operations", 6_000);
    private static final long SEED = Long.getLong("nestmap.seed", 1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void theStoreAnswersEveryOperationAsTheModelDoes(@TempDir Path directory) throws Exception {
        try (NestmapServer server = NestmapServer.start(
                new ServerConfig("one", directory.resolve("data"), "127.0.0.1:0", "", List.of()),
                (message, cause) -> {
                    throw new AssertionError(message, cause);
                })) {
            server.awaitLeader(PATIENCE);
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                    .usePlaintext()
                    .build();
            try (NestmapClient client = NestmapClient.connect("127.0.0.1:" + server.port())) {
                MapServiceGrpc.MapServiceBlockingStub bare = MapServiceGrpc
                        .newBlockingStub(channel);
                AtomicLong namespaces = new AtomicLong();
                new Differential(() -> new Comparison(StoreSubject.model(),
                        new StoreSubject(client, bare, "n" + namespaces.incrementAndGet()),
                        Comparison.Other.STORE, new Coverage())).run(SEED, OPERATIONS);
            } finally {
                channel.shutdownNow();
            }
        }
    }
}
