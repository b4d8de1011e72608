package dev.nestmap.systemtests.differential;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.TxnOutcome;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.differential.ModelSubject;
import dev.nestmap.model.differential.Operation;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Writes as transactions of one step. Before each comes one that must leave nothing behind: the same step, and then one that
 * is always refused.
 */
final class TransactionWrites {
    private static final Command.Step REFUSED = new Command.Delete(
            new MapRef.ById(ModelSubject.NO_MAP_ID));

    private final NestmapClient client;

    TransactionWrites(NestmapClient client) {
        this.client = client;
    }

    /** What a transaction may hold, and that stops whole where it is refused. */
    static Optional<Command.Step> step(Operation operation, MapRef ref,
            UnaryOperator<Value> translated) {
        return switch (operation) {
            case Operation.Update(_, Element element, long flags) -> Optional.of(
                    new Command.Update(ref, element.key(), translated.apply(element.value()),
                            flags));
            case Operation.Delete(_, Bytes key) -> Optional.of(new Command.DeleteElem(ref, key));
            case Operation.Take(_, Bytes key, long flags) ->
                Optional.of(new Command.LookupAndDelete(ref, key, flags));
            case Operation.Unlink _ -> Optional.of(new Command.Delete(ref));
            case Operation.Freeze _ -> Optional.of(new Command.Freeze(ref));
            default -> Optional.empty();
        };
    }

    /** What the step took. */
    List<Value> write(Command.Step step) {
        TxnOutcome.Refused before = assertInstanceOf(TxnOutcome.Refused.class,
                outcome(List.of(step, REFUSED)));
        return switch (outcome(List.of(step))) {
            case TxnOutcome.Done done -> {
                assertEquals(1, before.position(), before::toString);
                assertEquals(Errno.ENOENT, before.refusal().errno(), before::toString);
                yield done.taken();
            }
            case TxnOutcome.Refused refused -> {
                assertEquals(refused.position(), before.position(), before::toString);
                assertEquals(refused.refusal().errno(), before.refusal().errno(),
                        before::toString);
                throw NestmapException.refused(refused.refusal());
            }
        };
    }

    private TxnOutcome outcome(List<Command.Step> steps) {
        return client.txn(List.of(), steps, List.of()).value();
    }
}
