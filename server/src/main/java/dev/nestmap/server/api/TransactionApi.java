package dev.nestmap.server.api;

import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.TxnResponse;
import dev.nestmap.proto.v1.Write;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;

/** Transactions, in one message or in parts. */
final class TransactionApi {
    /** Enough for the largest transaction of the most operations, and some smaller ones beside it. */
    static final long UNFINISHED_BYTES = 128L << 20;
    /** Just enough for the largest. */
    static final long UNFINISHED_BYTES_PER_CONNECTION = 96L << 20;

    private final Replies replies;
    private final UnfinishedRequests unfinished = new UnfinishedRequests(UNFINISHED_BYTES,
            UNFINISHED_BYTES_PER_CONNECTION, System::nanoTime);

    TransactionApi(Replies replies) {
        this.replies = replies;
    }

    void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        Optional<StatusRuntimeException> refusal = TransactionLimits
                .check(TransactionLimits.operations(request), request.getSerializedSize());
        if (refusal.isPresent()) {
            observer.onError(refusal.get());
        } else {
            commit(request, observer);
        }
    }

    StreamObserver<TxnRequest> stream(StreamObserver<TxnResponse> observer) {
        return new TransactionSession(unfinished, observer,
                request -> commit(request, observer));
    }

    private void commit(TxnRequest request, StreamObserver<TxnResponse> observer) {
        replies.write(Write.newBuilder().setTxn(request).build(), observer, (header, result, _) -> {
            TxnResponse.Builder answer = TxnResponse.newBuilder().setHeader(header);
            return switch (result) {
                case Result.TxnDone(boolean succeeded, List<Long> created, List<Value> taken) -> {
                    taken.forEach(value -> answer.addTaken(ElementCodec.value(value)));
                    yield answer.setSucceeded(succeeded).addAllCreatedMapIds(created).build();
                }
                case Result.TxnRefused(boolean succeeded, int position, Refusal refusal) ->
                    answer.setSucceeded(succeeded)
                            .setFailedOperation(position)
                            .setFailure(AnswerCodec.failure(refusal))
                            .build();
                default -> throw Replies.unexpected(result);
            };
        });
    }
}
