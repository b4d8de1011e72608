package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.LookupAndDeleteRequest;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.MapServiceGrpc.MapServiceBlockingStub;
import dev.nestmap.proto.v1.RequestId;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.proto.v1.Value;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A write that is sent again when its answer is forgotten. */
@Timeout(120)
class RetryTooOldTest {
    private static final MapRef QUEUE = MapRef.newBuilder()
            .setNamespace("default")
            .setName("q")
            .build();
    @TempDir
    private Path directory = Path.of("");

    private static RequestId id(int client, long call) {
        byte[] id = new byte[16];
        id[0] = (byte) client;
        return RequestId.newBuilder()
                .setClientId(ByteString.copyFrom(id))
                .setCallId(call)
                .build();
    }

    private static LookupAndDeleteRequest pop(long call) {
        return LookupAndDeleteRequest.newBuilder()
                .setRequestId(id(1, call))
                .setMap(QUEUE)
                .build();
    }

    @Test
    void isRefusedInsteadOfDoneAgain() throws Exception {
        try (OneMember one = new OneMember(directory)) {
            MapServiceBlockingStub stub = MapServiceGrpc.newBlockingStub(one.channel());
            one.client()
                    .maps()
                    .create(MapSpec.of("default", "q", MapType.QUEUE, 0, 1 << 20, 100),
                            new InnerSource.None());
            Value large = Value.newBuilder()
                    .setData(ByteString.copyFrom(new byte[1 << 20]))
                    .build();
            for (int call = 1; call <= 66; call++) {
                var _ = stub.update(UpdateRequest.newBuilder()
                        .setRequestId(id(2, call))
                        .setMap(QUEUE)
                        .setElement(Element.newBuilder().setValue(large))
                        .build());
            }
            for (int call = 1; call <= 65; call++) {
                assertEquals(1 << 20, stub.lookupAndDelete(pop(call)).getValue().getData().size());
            }
            StatusRuntimeException e = assertThrows(StatusRuntimeException.class,
                    () -> stub.lookupAndDelete(pop(1)));
            assertEquals(Optional.of(StoreError.RETRY_TOO_OLD), ErrorCodec.storeError(e));
            assertEquals(Status.Code.FAILED_PRECONDITION, e.getStatus().getCode());
            // the one that is left was not popped by the write that came again
            assertEquals(1 << 20, stub.lookupAndDelete(pop(66)).getValue().getData().size());
            // and what is remembered is answered as before
            assertEquals(1 << 20, stub.lookupAndDelete(pop(65)).getValue().getData().size());
        }
    }
}
