package dev.nestmap.model.state;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Labels;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * apply(): from a state and a command to the next state and a result. Pure: the same state and command give the same on
 * every member. A refused command changes nothing, the revision included.
 *
 * @param state the next state
 * @param revision the revision that the command made; where it changed nothing, the one that it saw
 */
public record Transition(FleetState state, long revision, Result result) {

    /** Applies a command once: where its answer is remembered, that answer, and the state stays as it is. */
    public static Transition apply(FleetState state, RequestId request, Command command) {
        Optional<Answers.Answer> known = state.answers().find(request);
        if (known.isPresent()) {
            return new Transition(state, known.get().revision(), known.get().result());
        }
        Transition transition = apply(state, command);
        FleetState next = transition.state;
        FleetState remembering = new FleetState(next.revision(), next.lastMapId(), next.maps(),
                next.names(), next.nodes(),
                next.answers().remember(request, transition.revision, transition.result),
                next.elementCount());
        return new Transition(remembering, transition.revision, transition.result);
    }

    /** Applies a command that is never sent again. */
    public static Transition apply(FleetState state, Command command) {
        Workspace workspace = new Workspace(state);
        Result result = run(workspace, command);
        boolean changed = switch (result) {
            case Result.Refused _ -> false;
            case Result.TxnRefused _ -> false;
            case Result.Batch(int count, var _) -> count > 0;
            case Result.TxnDone(boolean succeeded, var _) ->
                !chosen((Command.Txn) command, succeeded).isEmpty();
            case Result.Done _ -> true;
            case Result.Created _ -> true;
            case Result.Deleted _ -> true;
            case Result.Taken _ -> true;
        };
        FleetState next = changed ? workspace.commit() : state;
        return new Transition(next, next.revision(), result);
    }

    private static Result run(Workspace workspace, Command command) {
        return switch (command) {
            case Command.Create create -> create(workspace, create);
            case Command.Delete(MapRef map) -> delete(workspace, map);
            case Command.Freeze(MapRef map) -> freeze(workspace, map);
            case Command.Update update -> update(workspace, update);
            case Command.DeleteElem delete -> withMap(workspace, "delete from", delete.map(),
                    map -> done(workspace.elements(map).delete(delete.key())));
            case Command.LookupAndDelete take -> withMap(workspace, "lookup and delete", take.map(),
                    map -> take(workspace.elements(map).lookupAndDelete(take.key(), take.flags())));
            case Command.UpdateBatch batch ->
                withMap(workspace, "update batch", batch.map(), map -> {
                    MapElements elements = workspace.elements(map);
                    return batch(elements.checkUpdateBatch(batch.elemFlags()), batch.elements(),
                            (Element e) -> elements.update(e.key(), e.value(), batch.elemFlags(),
                                    workspace));
                });
            case Command.DeleteBatch batch ->
                withMap(workspace, "delete batch", batch.map(), map -> {
                    MapElements elements = workspace.elements(map);
                    return batch(elements.checkDeleteBatch(batch.elemFlags()), batch.keys(),
                            elements::delete);
                });
            case Command.Txn txn -> txn(workspace, txn);
            case Command.SetLabels labels -> setLabels(workspace, labels);
        };
    }

    private interface OnMap {
        Result run(MapState map);
    }

    private interface OnElement<E> {
        Optional<Refusal> run(E element);
    }

    private static Result withMap(Workspace workspace, String verb, MapRef ref, OnMap action) {
        MapState map = workspace.map(ref);
        return map == null
                ? refused(Errno.ENOENT, "%s %s: there is no such map".formatted(verb, ref))
                : action.run(map);
    }

    private static Result create(Workspace workspace, Command.Create create) {
        MapSpec asked = create.spec();
        Optional<Refusal> attributes = MapRules.checkCreate(asked);
        if (attributes.isPresent()) {
            return new Result.Refused(attributes.get());
        }
        return switch (template(workspace, create)) {
            case Outcome.Refused<Optional<InnerTemplate>>(Refusal refusal) ->
                new Result.Refused(refusal);
            case Outcome.Done<Optional<InnerTemplate>>(Optional<InnerTemplate> template) -> {
                MapSpec spec = asked.withInnerTemplate(template.orElse(null))
                        .withFlags(MapRules.shownFlags(asked.type(), asked.flags()));
                yield define(workspace, spec);
            }
        };
    }

    private static Outcome<Optional<InnerTemplate>> template(Workspace workspace,
            Command.Create create) {
        return switch (create.inner()) {
            case Command.InnerSource.None() -> Outcome.done(Optional.empty());
            case Command.InnerSource.CopiedFrom(MapRef ref) -> {
                MapState map = workspace.map(ref);
                yield map == null
                        ? Outcome.refused(Errno.EBADF,
                                "create %s: inner_map %s: there is no such map"
                                        .formatted(create.spec().ref(), ref))
                        : Outcome.done(Optional.of(map.spec().asTemplate()));
            }
            case Command.InnerSource.Given(InnerTemplate template) ->
                Outcome.done(Optional.of(shown(template)));
        };
    }

    private static InnerTemplate shown(InnerTemplate given) {
        return !MapRules.holds(given.type())
                ? given
                : new InnerTemplate(given.type(), given.keySize(), given.valueSize(),
                        given.maxEntries(),
                        MapRules.shownFlags(given.type(), given.flags()));
    }

    private static Result define(Workspace workspace, MapSpec spec) {
        Optional<Refusal> refusal = MapRules.checkTemplate(spec)
                .or(() -> Names.check(spec))
                .or(() -> checkPlacement(spec));
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        MapState taken = workspace.map(spec.ref());
        if (taken != null) {
            return refused(Errno.EEXIST,
                    "create %s: the name is taken by map id %d; delete that first, or choose another name"
                            .formatted(spec.ref(),
                                    taken.id()));
        }
        if (!spec.pinPath().isEmpty() && workspace.isPinTaken(spec.pinPath())) {
            return refused(Errno.EEXIST, "create %s: pin path %s is taken by another map"
                    .formatted(spec.ref(), spec.pinPath()));
        }
        long id = workspace.nextMapId();
        workspace.add(new MapState(id, spec, false, false, 0, Tree.ofBytes(), workspace.revision(),
                workspace.revision()));
        return new Result.Created(id);
    }

    private static Optional<Refusal> checkPlacement(MapSpec spec) {
        return spec.placement() instanceof Placement.OnNodes(var selector)
                ? selector.check()
                : Optional.empty();
    }

    private static Result delete(Workspace workspace, MapRef ref) {
        return withMap(workspace, "delete", ref,
                map -> map.unlinked()
                        ? refused(Errno.ENOENT,
                                "delete %s: the name is gone already; slots still hold the map"
                                        .formatted(ref))
                        : new Result.Deleted(map.id(), workspace.unlink(map)));
    }

    private static Result freeze(Workspace workspace, MapRef ref) {
        return withMap(workspace, "freeze", ref, map -> {
            if (map.frozen()) {
                return refused(Errno.EPERM, "freeze %s: the map is frozen already".formatted(ref));
            }
            workspace.freeze(map);
            return new Result.Done();
        });
    }

    private static Result update(Workspace workspace, Command.Update update) {
        return withMap(workspace, "update", update.map(), map -> done(
                workspace.elements(map)
                        .update(update.key(), update.value(), update.flags(), workspace)));
    }

    private static <E> Result batch(Optional<Refusal> before, List<E> elements,
            OnElement<E> action) {
        if (before.isPresent()) {
            return new Result.Refused(before.get());
        }
        int count = 0;
        for (E element : elements) {
            Optional<Refusal> failure = action.run(element);
            if (failure.isPresent()) {
                return new Result.Batch(count, failure);
            }
            count++;
        }
        return new Result.Batch(count, Optional.empty());
    }

    private static List<Command.Step> chosen(Command.Txn txn, boolean succeeded) {
        return succeeded ? txn.then() : txn.otherwise();
    }

    private static Result txn(Workspace workspace, Command.Txn txn) {
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
            Result result = run(workspace, steps.get(i));
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

    private static Result setLabels(Workspace workspace, Command.SetLabels command) {
        Optional<Refusal> refusal = Labels.checkNode(command.node());
        for (Map.Entry<String, String> label : command.set().entrySet()) {
            refusal = refusal.or(() -> Labels.checkKey(label.getKey()))
                    .or(() -> Labels.checkValue(label.getValue()));
        }
        if (refusal.isPresent()) {
            return new Result.Refused(refusal.get());
        }
        NodeLabels before = workspace.node(command.node());
        TreeMap<String, String> labels = new TreeMap<>(before == null ? Map.of() : before.labels());
        labels.putAll(command.set());
        command.remove().forEach(labels::remove);
        if (labels.size() > Labels.LIMIT) {
            return refused(Errno.E2BIG,
                    "label node \"%s\": %d labels, at most %d are possible".formatted(
                            command.node(),
                            labels.size(), Labels.LIMIT));
        }
        if (before != null ? labels.equals(before.labels()) : labels.isEmpty()) {
            return new Result.Done();
        }
        workspace.setNode(command.node(), labels.isEmpty() ? null : new NodeLabels(labels));
        return new Result.Done();
    }

    private static Result take(Outcome<Value> outcome) {
        return switch (outcome) {
            case Outcome.Done<Value>(Value value) -> new Result.Taken(value);
            case Outcome.Refused<Value>(Refusal refusal) -> new Result.Refused(refusal);
        };
    }

    private static Result done(Optional<Refusal> refusal) {
        return refusal.<Result>map(Result.Refused::new).orElseGet(Result.Done::new);
    }

    private static Result refused(Errno errno, String rule) {
        return new Result.Refused(new Refusal(errno, rule));
    }
}
