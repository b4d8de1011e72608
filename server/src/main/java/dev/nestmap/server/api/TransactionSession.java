package dev.nestmap.server.api;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.proto.v1.TxnRequest;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A transaction that arrives in parts. Nothing is done with it before all of them are there. */
final class TransactionSession implements StreamObserver<TxnRequest> {
    /** What an operation holds in memory beside its bytes, about. */
    private static final int OPERATION_BYTES = 256;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final UnfinishedTransactions unfinished;
    private final UnfinishedTransactions.Share share = new UnfinishedTransactions.Share(
            this::dropped);
    private final StreamObserver<?> answer;
    private final Consumer<TxnRequest> commit;
    // The following are guarded by this.
    /** Null before the first part, and after the end. */
    private TxnRequest.@Nullable Builder parts;
    private boolean ended;
    private long operations;
    private long bytes;

    /**
     * Nothing has come yet.
     *
     * @param commit is given the whole transaction, at most once, and then answers
     */
    TransactionSession(UnfinishedTransactions unfinished, StreamObserver<?> answer,
            Consumer<TxnRequest> commit) {
        this.unfinished = unfinished;
        this.answer = answer;
        this.commit = commit;
    }

    @Override
    public synchronized void onNext(TxnRequest part) {
        if (ended) {
            return;
        }
        int partOperations = TransactionLimits.operations(part);
        operations += partOperations;
        bytes += part.getSerializedSize();
        Optional<StatusRuntimeException> refusal = checkId(part)
                .or(() -> TransactionLimits.check(operations, bytes));
        if (refusal.isEmpty() && !unfinished.grow(share,
                part.getSerializedSize() + (long) OPERATION_BYTES * partOperations)) {
            refusal = Optional.of(overloaded(
                    "this member holds %d bytes of unfinished transactions, at most %d are possible; try again later"
                            .formatted(unfinished.bytes(), UnfinishedTransactions.LIMIT_BYTES)));
        }
        if (refusal.isPresent()) {
            end();
            answer.onError(refusal.get());
            return;
        }
        TxnRequest.Builder whole = parts;
        if (whole == null) {
            parts = part.toBuilder();
        } else {
            whole.addAllCompare(part.getCompareList())
                    .addAllThen(part.getThenList())
                    .addAllOtherwise(part.getOtherwiseList());
        }
    }

    /** The client broke off. */
    @Override
    public synchronized void onError(Throwable error) {
        end();
    }

    @Override
    public void onCompleted() {
        TxnRequest whole;
        synchronized (this) {
            if (ended) {
                return;
            }
            TxnRequest.Builder all = parts;
            end();
            if (all == null) {
                answer.onError(invalid("the stream ended without a request"));
                return;
            }
            whole = all.build();
        }
        commit.accept(whole);
    }

    private synchronized void dropped() {
        if (!ended) {
            end();
            answer.onError(
                    overloaded("nothing came for %d s, and others needed the room; send it again"
                            .formatted(UnfinishedTransactions.IDLE.toSeconds())));
        }
    }

    private synchronized void end() {
        ended = true;
        parts = null;
        unfinished.release(share);
    }

    private synchronized Optional<StatusRuntimeException> checkId(TxnRequest part) {
        TxnRequest.Builder first = parts;
        return first == null || !part.hasRequestId()
                || part.getRequestId().equals(first.getRequestId())
                        ? Optional.empty()
                        : Optional.of(invalid(
                                "a later part has another request_id; one stream is one transaction"));
    }

    private static StatusRuntimeException overloaded(String why) {
        return ErrorCodec.retriable(StoreError.OVERLOADED, "txn: " + why, Optional.empty(),
                RETRY_AFTER);
    }

    private static StatusRuntimeException invalid(String what) {
        return ErrorCodec.error(StoreError.INVALID_REQUEST, "txn: " + what);
    }
}
