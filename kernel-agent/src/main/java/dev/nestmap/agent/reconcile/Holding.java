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
     * Whoever made the map has pinned another one in its place: that is to be looked at. Until then nothing is done to either.
     *
     * @param former what was held, and still is where there is nothing to take up after all
     */
    record Replaced(Held former) implements Holding {}

    /**
     * It is there, and open.
     *
     * @param created by an agent of this pin root, not by a loader
     * @param fresh created by this process and found by no program so far
     * @param pins those that programs or slots lead to; the mark of ownership is none of them
     * @param contents see {@link Contents}
     * @param generation the number of the kernel map that slots hold, 1 for one that is only written in place
     * @param kept other generations that are complete, the one last in use first
     */
    record Held(
            long mapId,
            MapSpec spec,
            int kernelId,
            boolean created,
            boolean fresh,
            boolean frozen,
            List<Path> pins,
            Optional<Contents> contents,
            int generation,
            List<Generation> kept) implements Holding {
        /** The first generation, and the only one. */
        Held(long mapId, MapSpec spec, int kernelId, boolean created, boolean fresh,
                boolean frozen, List<Path> pins, Optional<Contents> contents) {
            this(mapId, spec, kernelId, created, fresh, frozen, pins, contents, 1, List.of());
        }

        Held withContents(Optional<Contents> newContents) {
            return new Held(mapId, spec, kernelId, created, fresh, frozen, pins, newContents,
                    generation, kept);
        }

        Held withPin(Path pin) {
            List<Path> more = new ArrayList<>(pins);
            if (!more.contains(pin)) {
                more.add(pin);
            }
            return new Held(mapId, spec, kernelId, created, false, frozen, List.copyOf(more),
                    contents, generation, kept);
        }

        Held withoutPin(Path pin) {
            return new Held(mapId, spec, kernelId, created, fresh, frozen,
                    pins.stream().filter(other -> !other.equals(pin)).toList(), contents,
                    generation, kept);
        }

        /** After all pins were lost, with those of the other generations. Programs can have found it. */
        Held withoutPins() {
            return new Held(mapId, spec, kernelId, created, false, frozen, List.of(), contents,
                    generation, List.of());
        }

        Held freeze() {
            return new Held(mapId, spec, kernelId, created, fresh, true, pins, contents,
                    generation, kept);
        }

        /** With another generation beside, in front of the others or in the place of one with its number. */
        Held withKept(Generation other) {
            List<Generation> all = new ArrayList<>(kept);
            int at = numbers().indexOf(other.number());
            if (at < 0) {
                all.addFirst(other);
            } else {
                all.set(at, other);
            }
            return withAllKept(all);
        }

        Held withoutKept(int number) {
            return withAllKept(
                    kept.stream().filter(other -> other.number() != number).toList());
        }

        Held withAllKept(List<Generation> all) {
            return new Held(mapId, spec, kernelId, created, fresh, frozen, pins, contents,
                    generation, List.copyOf(all));
        }

        /** With a generation that was kept in use, and the one that was in use kept. */
        Held switchedTo(Generation next, Path pin) {
            List<Generation> all = new ArrayList<>(withoutKept(next.number()).kept());
            all.addFirst(new Generation(generation, kernelId, frozen, contents));
            return new Held(mapId, spec, next.kernelId(), created, false, next.frozen(),
                    List.of(pin), next.contents(), next.number(), List.copyOf(all));
        }

        Optional<Generation> kept(int number) {
            return kept.stream().filter(other -> other.number() == number).findFirst();
        }

        /** A number that no generation of this map has. */
        int nextGeneration() {
            return 1 + Math.max(generation,
                    kept.stream().mapToInt(Generation::number).max().orElse(0));
        }

        private List<Integer> numbers() {
            return kept.stream().map(Generation::number).toList();
        }
    }

    /**
     * What a map holds for sure, in the store's form, so that it can share structure with what is desired: a slot by the
     * store's map id (0 for a map that is none of ours), a resolved expression by its text.
     *
     * @param resolved the terms by which the expressions in it were resolved, each with what it stood for
     * @param foreign how many elements of others were beside them when it was last read; they are to stay
     */
    record Contents(
            Tree<Bytes> elements,
            SortedMap<String, Integer> resolved,
            long foreign) {}
}
