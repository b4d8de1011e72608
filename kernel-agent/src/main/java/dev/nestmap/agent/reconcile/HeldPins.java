package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.tree.Change;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All pins of the maps that are held, by directory. Kept up by what changed, one map at a time. For one thread. */
final class HeldPins {
    /** What a pin is for. */
    enum Role {
        /** Programs or slots lead to it, and the agent sees to it that it is there. */
        NAME,
        /** The same of a map that somebody else made, who may exchange it or take it away. */
        LOADERS,
        /** The mark of ownership. */
        MARK,
        /** Of a generation that is not in use. */
        KEPT
    }

    /** A pin that should lead to a map. */
    record Pin(Path path, Path directory, long mapId, int kernelId, Role role, int generation) {}

    private final PinPaths paths;
    private final Map<Path, Set<Pin>> pins = new HashMap<>();
    private Tree<Holding> holdings = Tree.ofObjects();
    private Iterator<Change<Holding>> news = Collections.emptyIterator();

    HeldPins(PinPaths paths) {
        this.paths = paths;
    }

    /** There are other holdings than before. Only while nothing is left to {@link #learn}. */
    void renew(Tree<Holding> now) {
        news = Tree.difference(holdings, now).iterator();
        holdings = now;
    }

    /** True where what changed is not taken in yet. */
    boolean hasNews() {
        return news.hasNext();
    }

    /** Takes in what changed with one map; gives the pins that came and those that went. */
    List<Pin> learn() {
        Change<Holding> change = news.next();
        List<Pin> went = new ArrayList<>(of(change.before()));
        List<Pin> came = new ArrayList<>(of(change.after()));
        List<Pin> stayed = List.copyOf(came);
        came.removeAll(went);
        went.removeAll(stayed);
        went.forEach(pin -> pins.computeIfPresent(pin.directory(), (_, all) -> {
            all.remove(pin);
            return all.isEmpty() ? null : all;
        }));
        came.forEach(pin -> pins.computeIfAbsent(pin.directory(), _ -> new LinkedHashSet<>())
                .add(pin));
        went.addAll(came);
        return went;
    }

    /** The directories with pins, as of now. */
    List<Path> directories() {
        return List.copyOf(pins.keySet());
    }

    /** The pins in a directory, as of now. */
    List<Pin> in(Path directory) {
        return List.copyOf(pins.getOrDefault(directory, Set.of()));
    }

    /** True where it is still a pin of the map, whatever was done since it was taken in. */
    boolean isCurrent(Pin pin, Actual actual) {
        return of(actual.holding(pin.mapId())).contains(pin);
    }

    private List<Pin> of(@Nullable Holding holding) {
        List<Pin> all = new ArrayList<>();
        if (holding instanceof Held held) {
            held.pins()
                    .forEach(path -> add(all, held, path, held.kernelId(),
                            paths.isLoaders(held, path) ? Role.LOADERS : Role.NAME,
                            held.generation()));
            held.kept()
                    .forEach(kept -> add(all, held, paths.inner(held.mapId(), kept.number()),
                            kept.kernelId(), Role.KEPT, kept.number()));
            if (held.created() && !held.pins().isEmpty()) {
                add(all, held, paths.owned(held.mapId()), held.kernelId(), Role.MARK,
                        held.generation());
            }
        }
        return all;
    }

    private static void add(List<Pin> all, Held held, Path path, int kernelId, Role role,
            int generation) {
        Path directory = path.getParent();
        if (directory != null) {
            all.add(new Pin(path, directory, held.mapId(), kernelId, role, generation));
        }
    }
}
