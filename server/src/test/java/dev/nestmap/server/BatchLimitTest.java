package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.proto.v1.DeleteBatchRequest;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.MapServiceGrpc.MapServiceBlockingStub;
import dev.nestmap.proto.v1.RequestId;
import dev.nestmap.proto.v1.UpdateBatchRequest;
import dev.nestmap.proto.v1.Value;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A batch that is a call of its own is bounded as one in a transaction is. */
@Timeout(120)
class BatchLimitTest {
    private static final int LIMIT = 100_000;
    private static final MapRef MAP = MapRef.newBuilder().setName("m").build();
    @TempDir
    private Path directory = Path.of("");
    private long calls;

    private RequestId id() {
        return RequestId.newBuilder()
                .setClientId(ByteString.copyFrom(new byte[16]))
                .setCallId(++calls)
                .build();
    }

    private static ByteString key(int number) {
        return ByteString.copyFrom(Bytes.u32le(number).asByteBuffer());
    }

    private static void refused(String text, Executable call) {
        StatusRuntimeException e = assertThrows(StatusRuntimeException.class, call);
        assertEquals(Optional.of(StoreError.TOO_LARGE), ErrorCodec.storeError(e));
        assertEquals(text, e.getStatus().getDescription());
    }

    @Test
    void theElementsOfABatchAreBounded() throws Exception {
        try (OneMember one = new OneMember(directory)) {
            one.create("m", 4, LIMIT + 1);
            MapServiceBlockingStub stub = MapServiceGrpc.newBlockingStub(one.channel());
            UpdateBatchRequest.Builder update = UpdateBatchRequest.newBuilder().setMap(MAP);
            DeleteBatchRequest.Builder delete = DeleteBatchRequest.newBuilder().setMap(MAP);
            for (int i = 0; i < LIMIT; i++) {
                update.addElements(Element.newBuilder()
                        .setKey(key(i))
                        .setValue(Value.newBuilder().setData(key(i))));
                delete.addKeys(key(i));
            }
            assertEquals(LIMIT, stub.updateBatch(update.setRequestId(id()).build()).getCount());
            refused("update batch: 100001 elements, at most 100000 are possible; send several batches",
                    () -> stub.updateBatch(update.clone()
                            .addElements(update.getElements(0))
                            .setRequestId(id())
                            .build()));
            refused("delete batch: 100001 elements, at most 100000 are possible; send several batches",
                    () -> stub.deleteBatch(
                            delete.clone().addKeys(key(0)).setRequestId(id()).build()));
            assertEquals(LIMIT, stub.deleteBatch(delete.setRequestId(id()).build()).getCount());
        }
    }
}
