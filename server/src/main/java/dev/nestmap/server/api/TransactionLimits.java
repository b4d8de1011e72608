package dev.nestmap.server.api;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.proto.v1.Operation;
import dev.nestmap.proto.v1.TxnRequest;
import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Optional;

/** How large a transaction may be. */
final class TransactionLimits {
    static final int OPERATIONS = 100_000;
    static final long BYTES = 64L << 20;

    private TransactionLimits() {}

    /** Operations and comparisons; each element of a batch counts. */
    static int operations(TxnRequest request) {
        return request.getCompareCount() + operations(request.getThenList())
                + operations(request.getOtherwiseList());
    }

    /** The error that names the limit, where one is passed. */
    static Optional<StatusRuntimeException> check(long operations, long bytes) {
        if (operations > OPERATIONS) {
            return tooLarge("%d operations and comparisons, at most %d are possible"
                    .formatted(operations, OPERATIONS));
        }
        return bytes > BYTES
                ? tooLarge("%d bytes, at most %d are possible".formatted(bytes, BYTES))
                : Optional.empty();
    }

    /** The same for the elements of a batch that is a call of its own. */
    static Optional<StatusRuntimeException> checkBatch(String verb, int elements) {
        return elements > OPERATIONS
                ? Optional.of(ErrorCodec.error(StoreError.TOO_LARGE,
                        "%s batch: %d elements, at most %d are possible; send several batches"
                                .formatted(verb, elements, OPERATIONS)))
                : Optional.empty();
    }

    private static Optional<StatusRuntimeException> tooLarge(String what) {
        return Optional.of(ErrorCodec.error(StoreError.TOO_LARGE,
                "txn: " + what + "; send several transactions"));
    }

    private static int operations(List<Operation> operations) {
        int count = 0;
        for (Operation operation : operations) {
            count += switch (operation.getOpCase()) {
                case UPDATE_BATCH -> Math.max(1, operation.getUpdateBatch().getElementsCount());
                case DELETE_BATCH -> Math.max(1, operation.getDeleteBatch().getKeysCount());
                case CREATE, DELETE, FREEZE, PLACE, UPDATE, DELETE_ELEM, LOOKUP_AND_DELETE,
                        OP_NOT_SET ->
                    1;
            };
        }
        return count;
    }
}
