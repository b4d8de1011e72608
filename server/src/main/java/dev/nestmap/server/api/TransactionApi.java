package dev.nestmap.server.api;

import dev.nestmap.client.wire.AnswerCodec;
import dev.nestmap.client.wire.CommandCodec;
import dev.nestmap.client.wire.ElementCodec;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.TxnResponse;
import dev.nestmap.proto.v1.Write;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Transactions, in one message or in parts. */
final class TransactionApi {
    /** Enough for the largest transaction of the most operations, and some smaller ones beside it. */
    static final long UNFINISHED_BYTES = 128L << 20;
    /** Just enough for the largest. */
    static final long UNFINISHED_BYTES_PER_CONNECTION = 96L << 20;
    private static final int DRY_RUNS_LIMIT = 4;
    private static final Duration RETRY_AFTER = Duration.ofMillis(100);

    private final Replies replies;
    private final Semaphore dryRuns = new Semaphore(DRY_RUNS_LIMIT);
    private final UnfinishedRequests unfinished = new UnfinishedRequests(UNFINISHED_BYTES,
            UNFINISHED_BYTES_PER_CONNECTION, System::nanoTime, Thread::startVirtualThread);

    TransactionApi(Replies replies) {
        this.replies = replies;
    }

    void txn(TxnRequest request, StreamObserver<TxnResponse> observer) {
        Optional<StatusRuntimeException> refusal = TransactionLimits
                .check(TransactionLimits.operations(request), request.getSerializedSize());
        if (refusal.isPresent()) {
            observer.onError(refusal.get());
        } else {
            answer(request, observer);
        }
    }

    StreamObserver<TxnRequest> stream(StreamObserver<TxnResponse> observer) {
        return new TransactionSession(unfinished, observer,
                request -> answer(request, observer));
    }

    private void answer(TxnRequest request, StreamObserver<TxnResponse> observer) {
        Write write = Write.newBuilder().setTxn(request).build();
        if (request.getDryRun()) {
            dryRun(write, observer);
        } else {
            replies.write(write, observer,
                    (header, result, _) -> response(header, result).build());
        }
    }

    /** What the transaction would come to now; the state that it made is dropped, and nothing is logged. */
    private void dryRun(Write write, StreamObserver<TxnResponse> observer) {
        replies.readAside(observer, (header, state) -> {
            Command command = CommandCodec.command(write);
            // A state costs as much as in a real run, and nothing else holds these back.
            if (!dryRuns.tryAcquire()) {
                throw ErrorCodec.retriable(StoreError.OVERLOADED,
                        "txn: this member makes %d dry runs at a time; try again later"
                                .formatted(DRY_RUNS_LIMIT),
                        Optional.empty(), RETRY_AFTER);
            }
            try {
                Result result = Transition.apply(state, command).result();
                if (result instanceof Result.Refused(Refusal refusal)) {
                    throw ErrorCodec.error(refusal);
                }
                return response(header, result).setDryRun(true).build();
            } finally {
                dryRuns.release();
            }
        });
    }

    private static TxnResponse.Builder response(Header header, Result result) {
        TxnResponse.Builder answer = TxnResponse.newBuilder().setHeader(header);
        return switch (result) {
            case Result.TxnDone(boolean succeeded, List<Long> created, List<Value> taken) -> {
                taken.forEach(value -> answer.addTaken(ElementCodec.value(value)));
                yield answer.setSucceeded(succeeded).addAllCreatedMapIds(created);
            }
            case Result.TxnRefused(boolean succeeded, int position, Refusal refusal) ->
                answer.setSucceeded(succeeded)
                        .setFailedOperation(position)
                        .setFailure(AnswerCodec.failure(refusal));
            default -> throw Replies.unexpected(result);
        };
    }
}
