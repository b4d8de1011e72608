package dev.nestmap.server;

import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Command.InnerSource;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** A store of one member with a client, and a channel for what no client of ours would send. */
final class OneMember implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final NestmapServer server;
    private final NestmapClient client;
    private final ManagedChannel channel;

    OneMember(Path directory) throws IOException, InterruptedException, TimeoutException {
        server = NestmapServer.start(
                new ServerConfig("one", directory.resolve("data"), "127.0.0.1:0", "", List.of()),
                (message, cause) -> {
                    throw new AssertionError(message, cause);
                });
        server.awaitLeader(PATIENCE);
        client = NestmapClient.connect(ClientOptions.defaults()
                .withTargets("127.0.0.1:" + server.port())
                .withTimeout(PATIENCE));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    NestmapClient client() {
        return client;
    }

    ManagedChannel channel() {
        return channel;
    }

    static MapRef name(String map) {
        return new MapRef.ByName("default", map);
    }

    static MapSpec hash(String map, int valueSize, int entries) {
        return new MapSpec("default", map, MapType.HASH, 4, valueSize, entries, 0, 0, 0, null,
                Placement.everywhere(), "");
    }

    long create(String map, int valueSize, int entries) {
        return client.maps().create(hash(map, valueSize, entries)).value().id();
    }

    /** An array of maps with the template of another map. */
    long createOuter(String map, String template) {
        return client.maps()
                .create(new MapSpec("default", map, MapType.ARRAY_OF_MAPS, 4, 4, 4, 0, 0, 0, null,
                        Placement.everywhere(), ""), new InnerSource.CopiedFrom(name(template)))
                .value()
                .id();
    }

    @Override
    public void close() {
        client.close();
        channel.shutdownNow();
        server.close();
    }
}
