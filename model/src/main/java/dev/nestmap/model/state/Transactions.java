package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compare, then one of two lists of steps, all or nothing: the caller drops the workspace where a step is refused. */
final class Transactions {
    private Transactions() {}

    /** The side that was run. */
    static List<Command.Step> chosen(Command.Txn txn, boolean succeeded) {
        return succeeded ? txn.then() : txn.otherwise();
    }

    static Result run(Workspace workspace, Command.Txn txn) {
        for (Command.Compare compare : txn.compare()) {
            Optional<Refusal> refusal = checkKey(workspace, compare);
            if (refusal.isPresent()) {
                return new Result.Refused(refusal.get());
            }
        }
        boolean succeeded = txn.compare().stream().allMatch(compare -> holds(workspace, compare));
        List<Command.Step> steps = chosen(txn, succeeded);
        List<Long> created = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Result result = Transition.run(workspace, steps.get(i));
            if (result instanceof Result.Refused(Refusal refusal)) {
                return new Result.TxnRefused(succeeded, i, refusal);
            }
            if (result instanceof Result.Created(long id)) {
                created.add(id);
            }
        }
        return new Result.TxnDone(succeeded, created);
    }

    /** A key of another size is no absent key: the caller is mistaken. */
    private static Optional<Refusal> checkKey(Workspace workspace, Command.Compare compare) {
        MapState map = workspace.map(compare.map());
        Bytes key = switch (compare) {
            case Command.Compare.ElementExists(_, Bytes present, _) -> present;
            case Command.Compare.ElementEquals(_, Bytes present, _) -> present;
            case Command.Compare.MapExists _,Command.Compare.MapRevision _ -> null;
        };
        return map == null || key == null || key.size() == map.spec().keySize()
                ? Optional.empty()
                : Optional.of(new Refusal(Errno.EINVAL,
                        "txn: compare %s: key is %d bytes, the map has key_size %d"
                                .formatted(map.spec().ref(), key.size(), map.spec().keySize())));
    }

    private static boolean holds(Workspace workspace, Command.Compare compare) {
        MapState map = workspace.map(compare.map());
        return switch (compare) {
            case Command.Compare.MapExists(var _, boolean expected) -> (map != null) == expected;
            case Command.Compare.MapRevision(var _, long expected) ->
                map != null && map.modifiedRevision() == expected;
            case Command.Compare.ElementExists(var _, var key, boolean expected) ->
                (map != null && workspace.elements(map)
                        .lookup(key, 0) instanceof Outcome.Done) == expected;
            case Command.Compare.ElementEquals(var _, var key, Value expected) ->
                map != null && workspace.elements(map)
                        .lookup(key, 0)
                        .equals(Outcome.done(byId(workspace, expected)));
        };
    }

    /** A slot is read back by id, so that is what it is compared by. */
    private static Value byId(Workspace workspace, Value value) {
        if (value instanceof Value.Slot(MapRef ref)) {
            MapState map = workspace.map(ref);
            return map == null ? value : new Value.Slot(new MapRef.ById(map.id()));
        }
        return value;
    }

}
