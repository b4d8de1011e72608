package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Compare, then one of two lists of steps, all or nothing: the caller drops the workspace where a step is refused. */
final class Transactions {
    private static final int TAKEN_LIMIT_BYTES = 2 << 20;

    private Transactions() {}

    /** The side that was run. */
    static List<Command.Step> chosen(Command.Txn txn, boolean succeeded) {
        return succeeded ? txn.then() : txn.otherwise();
    }

    static Result run(Workspace workspace, Command.Txn txn) {
        Optional<Refusal> invalid = checkNamespaces(workspace, txn);
        for (Command.Compare compare : txn.compare()) {
            invalid = invalid.or(() -> check(workspace, compare));
        }
        if (invalid.isPresent()) {
            return new Result.Refused(invalid.get());
        }
        boolean succeeded = txn.compare().stream().allMatch(compare -> holds(workspace, compare));
        List<Command.Step> steps = chosen(txn, succeeded);
        List<Long> created = new ArrayList<>();
        List<Value> taken = new ArrayList<>();
        long takenBytes = 0;
        for (int i = 0; i < steps.size(); i++) {
            Result result = Transition.run(workspace, steps.get(i));
            if (result instanceof Result.Created(long id)) {
                created.add(id);
            } else if (result instanceof Result.Taken(Value value)) {
                taken.add(value);
                takenBytes += sizeBytes(value);
            }
            Optional<Refusal> refusal = refusal(result).or(checkTaken(takenBytes));
            if (refusal.isPresent()) {
                return new Result.TxnRefused(succeeded, i, refusal.get());
            }
        }
        return new Result.TxnDone(succeeded, created, taken);
    }

    /** Why a step did not do all that it should. */
    private static Optional<Refusal> refusal(Result result) {
        return switch (result) {
            case Result.Refused(Refusal refusal) -> Optional.of(refusal);
            case Result.Batch(int count, Optional<Refusal> failure) -> failure
                    .map(refusal -> new Refusal(refusal.errno(),
                            "element %d of the batch: %s".formatted(count, refusal.rule())));
            case Result.Done _,Result.Created _,Result.Deleted _,Result.Taken _ -> Optional.empty();
            case Result.TxnDone _,Result.TxnRefused _,Result.Forgotten _ ->
                throw new IllegalStateException("a transaction in a transaction: " + result);
        };
    }

    /** The answer is remembered, in the state: so it is bounded. */
    private static Supplier<Optional<Refusal>> checkTaken(long takenBytes) {
        return () -> takenBytes <= TAKEN_LIMIT_BYTES
                ? Optional.empty()
                : Optional.of(new Refusal(Errno.E2BIG,
                        "txn: the values read and deleted are %d bytes so far, at most %d are possible; take fewer at once"
                                .formatted(takenBytes, TAKEN_LIMIT_BYTES)));
    }

    static long sizeBytes(Value value) {
        return switch (value) {
            case Value.Data(Bytes bytes) -> bytes.size();
            case Value.PerCpu(var values) -> values.stream().mapToLong(Bytes::size).sum();
            case Value.Expression(String text) -> text.length();
            case Value.Slot _ -> Long.BYTES;
        };
    }

    /** Both sides count, also the one that is not run: what is possible must not depend on what is compared. */
    private static Optional<Refusal> checkNamespaces(Workspace workspace, Command.Txn txn) {
        String first = null;
        String firstMap = "";
        MapRef seen = null;
        for (MapRef map : (Iterable<MapRef>) maps(txn)::iterator) {
            String namespace = map.equals(seen) ? first : namespace(workspace, map);
            seen = map;
            if (first == null) {
                first = namespace;
                firstMap = map.toString();
            } else if (namespace != null && !namespace.equals(first)) {
                return Optional.of(new Refusal(Errno.EINVAL,
                        "txn: it spans the namespaces \"%s\" (map %s) and \"%s\" (map %s); a transaction works on maps of one, so send one for each"
                                .formatted(first, firstMap, namespace, map)));
            }
        }
        return Optional.empty();
    }

    private static Stream<MapRef> maps(Command.Txn txn) {
        return Stream.concat(txn.compare().stream().map(Command.Compare::map),
                Stream.concat(txn.then().stream(), txn.otherwise().stream())
                        .map(Transactions::map));
    }

    private static MapRef map(Command.Step step) {
        return switch (step) {
            case Command.Create(MapSpec spec, var _) -> spec.ref();
            case Command.Delete(MapRef map) -> map;
            case Command.Freeze(MapRef map) -> map;
            case Command.Place(MapRef map, var _) -> map;
            case Command.Update(MapRef map, var _, var _, long _) -> map;
            case Command.DeleteElem(MapRef map, var _) -> map;
            case Command.LookupAndDelete(MapRef map, var _, long _) -> map;
            case Command.UpdateBatch(MapRef map, var _, long _) -> map;
            case Command.DeleteBatch(MapRef map, var _, long _) -> map;
        };
    }

    /** Null where an id or a pin path names nothing, so that no step on it can succeed. */
    private static @Nullable String namespace(Workspace workspace, MapRef ref) {
        if (ref instanceof MapRef.ByName(String namespace, String _)) {
            return namespace;
        }
        MapState map = workspace.map(ref);
        return map == null ? null : map.spec().namespace();
    }

    /** A key or value of another size is no absent one: the caller is mistaken. */
    private static Optional<Refusal> check(Workspace workspace, Command.Compare compare) {
        MapState map = workspace.map(compare.map());
        if (map == null) {
            return Optional.empty();
        }
        return switch (compare) {
            case Command.Compare.ElementExists(_, Bytes key, _) ->
                workspace.elements(map).checkCompare(key);
            case Command.Compare.ElementEquals(_, Bytes key, Value expected) ->
                workspace.elements(map).checkCompare(key, expected);
            case Command.Compare.MapExists _,Command.Compare.MapRevision _,Command.Compare.MapUnchangedSince _ ->
                Optional.empty();
        };
    }

    private static boolean holds(Workspace workspace, Command.Compare compare) {
        MapState map = workspace.map(compare.map());
        return switch (compare) {
            case Command.Compare.MapExists(var _, boolean expected) -> (map != null) == expected;
            case Command.Compare.MapRevision(var _, long expected) ->
                map != null && map.modifiedRevision() == expected;
            case Command.Compare.MapUnchangedSince(var _, long revision) ->
                map != null && map.modifiedRevision() <= revision;
            case Command.Compare.ElementExists(var _, var key, boolean expected) ->
                (map != null && workspace.elements(map).has(key)) == expected;
            case Command.Compare.ElementEquals(var _, var key, Value expected) ->
                map != null && workspace.elements(map).has(key, expected, workspace);
        };
    }
}
