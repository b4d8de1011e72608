package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.nestmap.proto.v1.AgentServiceOuterClass;
import dev.nestmap.proto.v1.ClusterServiceOuterClass;
import dev.nestmap.proto.v1.MapServiceOuterClass;
import dev.nestmap.proto.v1.NodeServiceOuterClass;
import dev.nestmap.server.fuzz.Damage;
import dev.nestmap.server.fuzz.FuzzRun;
import dev.nestmap.server.fuzz.RandomMessages;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests of every method, random and damaged: each ends with a status that says something, and the member goes on. */
final class RequestFuzzTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration DEADLINE = Duration.ofMillis(100);
    private static final List<ServiceDescriptor> SERVICES = Stream
            .of(MapServiceOuterClass.getDescriptor(), NodeServiceOuterClass.getDescriptor(),
                    AgentServiceOuterClass.getDescriptor(),
                    ClusterServiceOuterClass.getDescriptor())
            .flatMap(file -> file.getServices().stream())
            .toList();
    private static final List<MethodDescriptor> METHODS = SERVICES.stream()
            .flatMap(service -> service.getMethods().stream())
            .toList();

    @TempDir
    Path directory = Path.of("");

    @Test
    void everyRequestEndsWithAStatusAndTheMemberServesOn() throws Exception {
        Map<Status.Code, Long> codes = new EnumMap<>(Status.Code.class);
        CompletableFuture<String> fatal = new CompletableFuture<>();
        try (NestmapServer server = NestmapServer.start(
                new ServerConfig("one", directory.resolve("data"), "127.0.0.1:0", "", List.of()),
                (message, cause) -> fatal.complete(message + ": " + cause))) {
            server.awaitLeader(PATIENCE);
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                    .usePlaintext()
                    .build();
            try {
                FuzzRun.of("requests", random -> {
                    Status status = call(channel, random);
                    codes.merge(status.getCode(), 1L, Long::sum);
                    assertTrue(!fatal.isDone(), () -> "the member stopped: " + fatal.join());
                });
            } finally {
                channel.shutdownNow();
            }
        }
        System.out.println("statuses: " + codes);
        assertTrue(codes.getOrDefault(Status.Code.OK, 0L) > 0, "no request was answered");
        assertTrue(codes.getOrDefault(Status.Code.INVALID_ARGUMENT, 0L) > 0, "none was refused");
    }

    private static Status call(ManagedChannel channel, Random random) throws Exception {
        MethodDescriptor method = METHODS.get(random.nextInt(METHODS.size()));
        byte[] request = new RandomMessages(random).message(method.getInputType()).toByteArray();
        List<byte[]> sent = switch (random.nextInt(4)) {
            case 0 -> List.of(Damage.of(request, random));
            case 1 -> method.isClientStreaming()
                    ? List.of(request, Damage.of(request, random), request)
                    : List.of(request);
            default -> List.of(request);
        };
        Status status = call(channel, method, sent);
        switch (status.getCode()) {
            case OK, NOT_FOUND, ALREADY_EXISTS, INVALID_ARGUMENT, PERMISSION_DENIED, UNIMPLEMENTED,
                    RESOURCE_EXHAUSTED, FAILED_PRECONDITION, OUT_OF_RANGE, DEADLINE_EXCEEDED -> {
                // Says what is wrong, or that it is something to wait for.
            }
            case CANCELLED, UNKNOWN, ABORTED, INTERNAL, UNAVAILABLE, DATA_LOSS, UNAUTHENTICATED ->
                fail(method.getFullName() + " was answered with " + status);
        }
        return status;
    }

    private static Status call(ManagedChannel channel, MethodDescriptor method,
            List<byte[]> requests)
            throws Exception {
        MethodType type = method.isClientStreaming()
                ? method.isServerStreaming()
                        ? MethodType.BIDI_STREAMING
                        : MethodType.CLIENT_STREAMING
                : method.isServerStreaming() ? MethodType.SERVER_STREAMING : MethodType.UNARY;
        ClientCall<byte[], byte[]> call = channel.newCall(
                io.grpc.MethodDescriptor.newBuilder(RawBytes.INSTANCE, RawBytes.INSTANCE)
                        .setType(type)
                        .setFullMethodName(io.grpc.MethodDescriptor.generateFullMethodName(
                                method.getService().getFullName(), method.getName()))
                        .build(),
                CallOptions.DEFAULT.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS));
        CompletableFuture<Status> ended = new CompletableFuture<>();
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(byte[] message) {
                if (method.isServerStreaming()) {
                    ended.complete(Status.OK);
                }
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                ended.complete(status);
            }
        }, new Metadata());
        call.request(2);
        requests.forEach(call::sendMessage);
        call.halfClose();
        Status status = ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        call.cancel("seen enough", null);
        return status;
    }
}
