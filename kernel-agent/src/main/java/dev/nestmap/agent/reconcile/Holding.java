package dev.nestmap.agent.reconcile;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/** What is known of one map in the kernel of this host. A map of which nothing is known has no holding. */
sealed interface Holding {
    /** It was looked for and is not there. */
    record Missing() implements Holding {}

    /**
     * It is there, and open.
     *
     * @param created by an agent of this pin root, not by a loader
     * @param fresh created by this process and found by no program so far
     * @param pins those that programs or slots lead to; the mark of ownership is none of them
     * @param contents see {@link Contents}
     */
    record Held(
            long mapId,
            MapSpec spec,
            int kernelId,
            boolean created,
            boolean fresh,
            boolean frozen,
            List<Path> pins,
            Optional<Contents> contents) implements Holding {
        Held withContents(Optional<Contents> newContents) {
            return new Held(mapId, spec, kernelId, created, fresh, frozen, pins, newContents);
        }

        Held withPin(Path pin) {
            List<Path> more = new ArrayList<>(pins);
            if (!more.contains(pin)) {
                more.add(pin);
            }
            return new Held(mapId, spec, kernelId, created, false, frozen, List.copyOf(more),
                    contents);
        }

        Held withoutPin(Path pin) {
            return new Held(mapId, spec, kernelId, created, fresh, frozen,
                    pins.stream().filter(other -> !other.equals(pin)).toList(), contents);
        }

        Held freeze() {
            return new Held(mapId, spec, kernelId, created, fresh, true, pins, contents);
        }
    }

    /**
     * What a map holds for sure, in the store's form, so that it can share structure with what is desired: a slot by the
     * store's map id (0 for a map that is none of ours), a resolved expression by its text.
     *
     * @param resolved the terms by which the expressions in it were resolved, each with what it stood for
     * @param withForeign elements of others may be among them, which are to stay
     */
    record Contents(
            Tree<Bytes> elements,
            SortedMap<String, Integer> resolved,
            boolean withForeign) {}
}
