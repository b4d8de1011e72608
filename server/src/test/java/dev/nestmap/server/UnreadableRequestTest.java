package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.WatchRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class UnreadableRequestTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory = Path.of("");

    /** Nobody writes to it any more: closing the member, which ends all watches, would fail on one that goes on. */
    @Test
    @Timeout(120)
    void aWatchEndsWithTheFirstMessageThatIsNone() throws Exception {
        NestmapServer server = NestmapServer.start(
                new ServerConfig("one", directory.resolve("data"), "127.0.0.1:0", "", List.of()),
                (message, cause) -> {
                    throw new AssertionError(message, cause);
                });
        server.awaitLeader(PATIENCE);
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        try {
            CompletableFuture<byte[]> first = new CompletableFuture<>();
            CompletableFuture<Status> ended = new CompletableFuture<>();
            ClientCall<byte[], byte[]> call = channel.newCall(
                    MapServiceGrpc.getWatchMethod()
                            .toBuilder(RawBytes.INSTANCE, RawBytes.INSTANCE)
                            .build(),
                    CallOptions.DEFAULT);
            call.start(new ClientCall.Listener<>() {
                @Override
                public void onMessage(byte[] message) {
                    first.complete(message);
                }

                @Override
                public void onClose(Status status, Metadata trailers) {
                    ended.complete(status);
                }
            }, new Metadata());
            call.request(2);
            call.sendMessage(WatchRequest.newBuilder().setProgressNonce(1).build().toByteArray());
            assertTrue(first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).length > 0);
            call.sendMessage(new byte[]{7});
            Status status = ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode(), status::toString);
        } finally {
            channel.shutdownNow();
            server.close();
        }
    }
}
