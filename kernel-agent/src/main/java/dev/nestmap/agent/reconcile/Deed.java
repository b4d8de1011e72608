package dev.nestmap.agent.reconcile;

import dev.nestmap.model.map.MapSpec;
import org.jspecify.annotations.Nullable;

/**
 * A step as it is counted.
 *
 * @param mapId the store's id of the map
 * @param map its namespace and name, as in default/routes; empty where only its id is known
 * @param elements those that it concerns; 1 for a step that concerns the whole map
 */
public record Deed(long mapId, String map, Kind kind, long elements) {
    /** What is done. */
    public enum Kind {
        /** Look for it, or read it back. */
        READ,
        /** Make it, or a generation of it. */
        CREATE,
        /** Write elements. */
        UPDATE,
        /** Delete elements. */
        DELETE,
        /** Set slots. */
        UPDATE_SLOTS,
        /** Empty slots. */
        DELETE_SLOTS,
        /** Freeze it. */
        FREEZE,
        /** Let programs find it. */
        PIN,
        /** Remove what is no longer wanted: a pin, a generation, a map. */
        PRUNE
    }

    static Deed of(Step step, @Nullable MapSpec held) {
        return switch (step) {
            case Step.Open(_, MapSpec spec, _) -> of(step, spec, Kind.READ, 1);
            case Step.ReadBack(_, MapSpec spec) -> of(step, spec, Kind.READ, 1);
            case Step.ReadGeneration _,Step.Verify _ -> of(step, held, Kind.READ, 1);
            case Step.Create(_, _, MapSpec spec, _) -> of(step, spec, Kind.CREATE, 1);
            case Step.Build build -> of(step, build.spec(), Kind.CREATE, 1);
            case Step.WriteElements(_, var elements) ->
                of(step, held, Kind.UPDATE, elements.size());
            case Step.WriteExpressions(_, var elements) ->
                of(step, held, Kind.UPDATE, elements.size());
            case Step.DeleteElements(_, var keys) -> of(step, held, Kind.DELETE, keys.size());
            case Step.WriteSlots(_, var slots) -> of(step, held, Kind.UPDATE_SLOTS, slots.size());
            case Step.DeleteSlots(_, var keys) -> of(step, held, Kind.DELETE_SLOTS, keys.size());
            case Step.Freeze _ -> of(step, held, Kind.FREEZE, 1);
            case Step.Pin _,Step.Switch _ -> of(step, held, Kind.PIN, 1);
            case Step.Unpin _,Step.Drop _,Step.Release _ -> of(step, held, Kind.PRUNE, 1);
        };
    }

    private static Deed of(Step step, @Nullable MapSpec spec, Kind kind, long elements) {
        String name = spec == null ? "" : spec.namespace() + "/" + spec.name();
        return new Deed(step.mapId(), name, kind, elements);
    }
}
