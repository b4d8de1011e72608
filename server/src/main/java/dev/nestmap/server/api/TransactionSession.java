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

    private final UnfinishedRequests unfinished;
    private final UnfinishedRequests.Share share = new UnfinishedRequests.Share(
            Connection.current(), this::dropped);
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
    TransactionSession(UnfinishedRequests unfinished, StreamObserver<?> answer,
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
        if (refusal.isEmpty()) {
            refusal = hold(partOperations == 0
                    ? 0
                    : part.getSerializedSize() + (long) OPERATION_BYTES * partOperations);
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

    private Optional<StatusRuntimeException> hold(long moreBytes) {
        return switch (unfinished.grow(share, moreBytes)) {
            case GROWN -> Optional.empty();
            case FULL -> Optional.of(overloaded(
                    "this member holds %d bytes of unfinished transactions, at most %d are possible; try again later"
                            .formatted(unfinished.bytes(), TransactionApi.UNFINISHED_BYTES)));
            case CONNECTION_FULL -> Optional.of(overloaded(
                    "the unfinished transactions of this connection hold at most %d bytes; finish one first"
                            .formatted(TransactionApi.UNFINISHED_BYTES_PER_CONNECTION)));
            case TOO_LATE -> Optional.of(overloaded(
                    "the parts of a transaction must come within %d s; send it again"
                            .formatted(UnfinishedRequests.LIFE.toSeconds())));
        };
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
                    overloaded(
                            "others needed the room, and nothing came for %d s or all of it took more than %d s; send it again"
                                    .formatted(UnfinishedRequests.IDLE.toSeconds(),
                                            UnfinishedRequests.LIFE.toSeconds())));
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
