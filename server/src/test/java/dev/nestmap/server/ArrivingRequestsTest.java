package dev.nestmap.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.BatchResponse;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.RequestId;
import dev.nestmap.proto.v1.UpdateBatchRequest;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests that do not come to their end. */
@Timeout(120)
class ArrivingRequestsTest {
    private static final int MEBIBYTES = 30;
    @TempDir
    private Path directory = Path.of("");
    private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<BatchResponse> answers = new LinkedBlockingQueue<>();

    private static UpdateBatchRequest large(long call) {
        UpdateBatchRequest.Builder batch = UpdateBatchRequest.newBuilder()
                .setMap(MapRef.newBuilder().setName("m"))
                .setRequestId(RequestId.newBuilder()
                        .setClientId(ByteString.copyFrom(new byte[16]))
                        .setCallId(call));
        for (int i = 0; i < MEBIBYTES; i++) {
            batch.addElements(Element.newBuilder()
                    .setKey(ByteString.copyFrom(Bytes.u32le(i).asByteBuffer()))
                    .setValue(dev.nestmap.proto.v1.Value.newBuilder()
                            .setData(ByteString.copyFrom(new byte[1 << 20]))));
        }
        return batch.build();
    }

    /** Sends all of a request and does not say that this was all. */
    private ClientCall<UpdateBatchRequest, BatchResponse> begun(OneMember one, long number) {
        ClientCall<UpdateBatchRequest, BatchResponse> call = one.channel()
                .newCall(MapServiceGrpc.getUpdateBatchMethod(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {
            @Override
            public void onMessage(BatchResponse answer) {
                answers.add(answer);
            }

            @Override
            public void onClose(Status status, Metadata trailers) {
                ends.add(status.withCause(status.asRuntimeException(trailers)));
            }
        }, new Metadata());
        call.request(2);
        call.sendMessage(large(number));
        return call;
    }

    private Status ended() throws InterruptedException {
        return Objects.requireNonNull(ends.poll(60, TimeUnit.SECONDS));
    }

    @Test
    void thoseOfOneConnectionAreBoundedAndSmallOnesPass() throws Exception {
        try (OneMember one = new OneMember(directory)) {
            one.create("m", 1 << 20, MEBIBYTES);
            List<ClientCall<UpdateBatchRequest, BatchResponse>> open = new ArrayList<>();
            for (int i = 1; i <= 4; i++) {
                open.add(begun(one, i));
            }
            for (int i = 0; i < 2; i++) {
                Status refused = ended();
                assertEquals(Optional.of(StoreError.OVERLOADED),
                        ErrorCodec.storeError(Objects.requireNonNull(refused.getCause())),
                        refused.toString());
                assertTrue(String.valueOf(refused.getDescription())
                        .contains("over this connection hold 71303168 bytes"), refused.toString());
            }
            one.create("small", 4, 1);
            one.client().map("small").update(Bytes.u32le(0), new Value.Data(Bytes.zeros(4)), 0);
            for (var call : open) {
                call.halfClose(); // what is ended already does not mind
            }
            for (int i = 0; i < 2; i++) {
                assertEquals(Status.Code.OK, ended().getCode());
                assertEquals(MEBIBYTES, answers.take().getCount());
            }
            begun(one, 9).halfClose();
            assertEquals(Status.Code.OK, ended().getCode());
        }
    }
}
