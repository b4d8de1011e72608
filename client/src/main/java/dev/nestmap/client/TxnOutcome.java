package dev.nestmap.client;

import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Value;
import java.util.List;

/** What a transaction did. */
public sealed interface TxnOutcome {
    /**
     * True where all comparisons held, so that {@code then} was chosen and not {@code otherwise}. Not whether it was
     * done: that is {@link Done}.
     */
    boolean conditionsHeld();

    /** All operations of the chosen list were done; the ids of maps created and the values taken, in their order. */
    record Done(boolean conditionsHeld, List<Long> createdMapIds, List<Value> taken)
            implements
                TxnOutcome {
        /** Copies the lists. */
        public Done {
            createdMapIds = List.copyOf(createdMapIds);
            taken = List.copyOf(taken);
        }
    }

    /** The operation at {@code position} (from 0) of the chosen list was refused, and so nothing was changed. */
    record Refused(boolean conditionsHeld, int position, Refusal refusal) implements TxnOutcome {}

    /** The outcome if it is {@link Done}; throws {@link NestmapException} with the errno if it is {@link Refused}. */
    default Done orThrow() {
        return switch (this) {
            case Done done -> done;
            case Refused(boolean _, int position, Refusal refusal) ->
                throw NestmapException.refused(new Refusal(refusal.errno(),
                        "txn: operation %d: %s".formatted(position, refusal.rule())));
        };
    }
}
