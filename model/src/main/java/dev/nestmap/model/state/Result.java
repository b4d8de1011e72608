package dev.nestmap.model.state;

import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import java.util.List;
import java.util.Optional;

/** What became of a command. */
public sealed interface Result {
    /** Nothing has changed. */
    record Refused(Refusal refusal) implements Result {}

    /** A change without further news. */
    record Done() implements Result {}

    /** A map was created. */
    record Created(long mapId) implements Result {}

    /** A name was unlinked; the map lives on while slots hold it. */
    record Deleted(long mapId, boolean stillReferenced) implements Result {}

    /** An element was read and deleted. */
    record Taken(Value value) implements Result {}

    /** So many elements were done before the end or the failure. */
    record Batch(int count, Optional<Refusal> failure) implements Result {}

    /** All operations of one side of a transaction were done; maps created and values taken in their order. */
    record TxnDone(boolean succeeded, List<Long> createdMapIds, List<Value> taken)
            implements
                Result {
        /** Copies the lists. */
        public TxnDone {
            createdMapIds = List.copyOf(createdMapIds);
            taken = List.copyOf(taken);
        }

        /** Of a transaction that took nothing. */
        public TxnDone(boolean succeeded, List<Long> createdMapIds) {
            this(succeeded, createdMapIds, List.of());
        }
    }

    /**
     * The same write was answered before, or may have been, and the answer is not remembered any more: it is not done again,
     * and nothing has changed.
     */
    record Forgotten() implements Result {}

    /** An operation of a transaction was refused, and so nothing has changed. */
    record TxnRefused(boolean succeeded, int position, Refusal refusal) implements Result {}
}
