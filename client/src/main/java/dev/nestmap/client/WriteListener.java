package dev.nestmap.client;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.state.Command;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Hears of every write of a client that the store acknowledged, before the caller of the write does: what must let a
 * client read its own writes. A write that ends with {@link NestmapException.Kind#OUTCOME_UNKNOWN} is not told, whether it was
 * done or not. Called on threads of the connection; must not wait. What a listener throws is logged; the write and the other
 * listeners go on.
 */
@FunctionalInterface
public interface WriteListener {
    /**
     * A write was acknowledged.
     *
     * @param maps what it may have changed, as the caller named it
     * @param revision the state that has it
     */
    void acknowledged(Set<MapRef> maps, long revision);

    /** Ends listening. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** The maps that a command names. */
    static Set<MapRef> mapsOf(Command command) {
        return switch (command) {
            case Command.Create create -> Set.of(create.spec().ref());
            case Command.Delete delete -> Set.of(delete.map());
            case Command.Freeze freeze -> Set.of(freeze.map());
            case Command.Place place -> Set.of(place.map());
            case Command.Update update -> Set.of(update.map());
            case Command.DeleteElem delete -> Set.of(delete.map());
            case Command.LookupAndDelete take -> Set.of(take.map());
            case Command.UpdateBatch batch -> Set.of(batch.map());
            case Command.DeleteBatch batch -> Set.of(batch.map());
            case Command.Txn txn -> {
                Set<MapRef> maps = new HashSet<>();
                for (List<Command.Step> steps : List.of(txn.then(), txn.otherwise())) {
                    steps.forEach(step -> maps.addAll(mapsOf(step)));
                }
                yield maps;
            }
            case Command.SetLabels _ -> Set.of();
        };
    }
}
