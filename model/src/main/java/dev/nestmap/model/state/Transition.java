package dev.nestmap.model.state;

import dev.nestmap.model.Errno;
import dev.nestmap.model.Outcome;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapElements;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.PublishRules;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Labels;
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

    /**
     * Applies a command once: where its answer is remembered, that answer, and {@link Result.Forgotten} where it came before but
     * its answer is not remembered; the state stays as it is.
     */
    public static Transition apply(FleetState state, RequestId request, Command command) {
        Optional<Answers.Answer> known = state.answers().find(request, state.revision());
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
            case Result.Forgotten _ -> false;
            case Result.Batch(int count, var _) -> count > 0;
            case Result.TxnDone(boolean succeeded, var _, var _) ->
                !Transactions.chosen((Command.Txn) command, succeeded).isEmpty();
            case Result.Done _ -> true;
            case Result.Created _ -> true;
            case Result.Deleted _ -> true;
            case Result.Taken _ -> true;
        };
        FleetState next = changed ? workspace.commit() : state;
        return new Transition(next, next.revision(), result);
    }

    /** Does a command in a workspace; one that is refused has left nothing there. */
    static Result run(Workspace workspace, Command command) {
        return switch (command) {
            case Command.Create create -> Creation.run(workspace, create);
            case Command.Delete(MapRef map) -> delete(workspace, map);
            case Command.Freeze(MapRef map) -> freeze(workspace, map);
            case Command.Place place -> withMap(workspace, "place", place.map(),
                    map -> Placing.run(workspace, map, place.placement()));
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
            case Command.Txn txn -> Transactions.run(workspace, txn);
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
            if (map.spec().spinLock().isPresent()) {
                return refused(Errno.ENOTSUPP,
                        "freeze %s: its values have a spin lock, and such a map cannot be frozen"
                                .formatted(ref));
            }
            if (map.frozen()) {
                return refused(Errno.EPERM, "freeze %s: the map is frozen already".formatted(ref));
            }
            Optional<Refusal> published = PublishRules.checkFreeze(map.spec());
            if (published.isPresent()) {
                return new Result.Refused(published.get());
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

    static Result refused(Errno errno, String rule) {
        return new Result.Refused(new Refusal(errno, rule));
    }
}
