package dev.nestmap.client;

import com.google.protobuf.MessageLite;
import dev.nestmap.proto.v1.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** A transaction cut into messages that any server takes. */
final class TransactionParts {
    private static final int PART_BYTES = 1 << 20;

    private final List<TxnRequest> parts = new ArrayList<>();
    private TxnRequest.Builder part;
    private int partBytes;

    private TransactionParts(TxnRequest.Builder first) {
        this.part = first;
    }

    /** One part where it is small; else the first carries the identity, and whether it is a dry run. */
    static List<TxnRequest> of(TxnRequest whole) {
        if (whole.getSerializedSize() <= PART_BYTES) {
            return List.of(whole);
        }
        TransactionParts cut = new TransactionParts(
                TxnRequest.newBuilder()
                        .setRequestId(whole.getRequestId())
                        .setDryRun(whole.getDryRun()));
        cut.addAll(whole.getCompareList(), TxnRequest.Builder::addCompare);
        cut.addAll(whole.getThenList(), TxnRequest.Builder::addThen);
        cut.addAll(whole.getOtherwiseList(), TxnRequest.Builder::addOtherwise);
        cut.parts.add(cut.part.build());
        return cut.parts;
    }

    private <M extends MessageLite> void addAll(List<M> messages,
            BiConsumer<TxnRequest.Builder, M> add) {
        for (M message : messages) {
            int bytes = message.getSerializedSize();
            if (partBytes > 0 && partBytes + bytes > PART_BYTES) {
                parts.add(part.build());
                part = TxnRequest.newBuilder();
                partBytes = 0;
            }
            add.accept(part, message);
            partBytes += bytes;
        }
    }
}
