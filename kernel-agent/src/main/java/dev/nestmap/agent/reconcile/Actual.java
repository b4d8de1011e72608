package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of the kernel of this host.
 *
 * @param holdings by {@link Desired#key}
 * @param leftovers maps of ours that an agent before left, and that nobody asked for so far; by map id
 */
record Actual(Tree<Holding> holdings, SortedMap<Long, Leftover> leftovers) {
    /**
     * A map of ours, found at the start.
     *
     * @param pins all that were found, of all of its generations, the mark of ownership last
     */
    record Leftover(List<Pinned> pins) {}

    @Nullable
    Holding holding(long mapId) {
        return holdings.get(Desired.key(mapId));
    }

    Holding.@Nullable Held held(long mapId) {
        return holding(mapId) instanceof Holding.Held held ? held : null;
    }

    /** With another holding, or with none where it is null. */
    Actual with(long mapId, @Nullable Holding holding) {
        Bytes key = Desired.key(mapId);
        return new Actual(holding == null ? holdings.without(key) : holdings.with(key, holding),
                leftovers);
    }

    /** After something happened to maps of which it is to be read what they hold. */
    Actual withoutContents(Set<Long> mapIds) {
        Actual after = this;
        for (long id : mapIds) {
            Holding.Held held = held(id);
            if (held != null) {
                after = after.with(id, held.withContents(Optional.empty()));
            }
        }
        return after;
    }

    /** After all pins were lost. */
    Actual withoutPins() {
        Actual after = new Actual(holdings, new TreeMap<>());
        for (Entry<Holding> entry : holdings) {
            switch (entry.value()) {
                case Holding.Held held ->
                    after = after.with(held.mapId(), held.withoutPins());
                case Holding.Replaced(Holding.Held held) ->
                    after = after.with(held.mapId(), held.withoutPins());
                case Holding.Missing _ -> {
                    // It has none.
                }
            }
        }
        return after;
    }
}
