package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Actual.Leftover;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Errno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds maps by their pins: those that an agent before created, and those that a loader pinned first. Changes nothing, but for
 * removing pins that were on their way to a name when an agent died.
 */
final class PinFinder {
    private final Kernel kernel;
    private final PinPaths paths;
    private final OpenMaps open;
    /** The pins below {@code _inner} of maps that nobody asked for so far: numbers and kernel ids. */
    private final Map<Long, NavigableMap<Integer, Integer>> generations = new HashMap<>();
    /** Kernel ids that slots held at the start; complete where a map has several generations. */
    private final Set<Integer> inSlots = new HashSet<>();

    PinFinder(Kernel kernel, PinPaths paths, OpenMaps open) {
        this.kernel = kernel;
        this.paths = paths;
        this.open = open;
    }

    /** The maps of ours under this root, with all their pins there. */
    SortedMap<Long, Leftover> leftovers() throws KernelException {
        SortedMap<Long, Integer> created = created();
        findGenerations();
        Map<Integer, List<Path>> named = namedPins();
        if (generations.values().stream().anyMatch(all -> all.size() > 1)) {
            findSlots(created.keySet(), named);
        }
        SortedSet<Long> ids = new TreeSet<>(created.keySet());
        ids.addAll(generations.keySet());
        SortedMap<Long, Leftover> leftovers = new TreeMap<>();
        for (long id : ids) {
            List<Pinned> pins = new ArrayList<>();
            Integer createdId = created.get(id);
            if (createdId != null) {
                // A map that a loader made keeps the loader's pins.
                named.getOrDefault(createdId, List.of())
                        .forEach(pin -> pins.add(new Pinned(pin, createdId)));
            }
            generations.getOrDefault(id, Collections.emptyNavigableMap())
                    .forEach((number, kernelId) -> pins
                            .add(new Pinned(paths.inner(id, number), kernelId)));
            if (createdId != null) {
                pins.add(new Pinned(paths.owned(id), createdId));
            }
            leftovers.put(id, new Leftover(List.copyOf(pins)));
        }
        leftovers.forEach(open::remember);
        return leftovers;
    }

    /** The maps that an agent before created, by their marks. */
    private SortedMap<Long, Integer> created() throws KernelException {
        SortedMap<Long, Integer> created = new TreeMap<>();
        for (String name : kernel.pins(paths.ownedDirectory())) {
            Path pin = paths.ownedDirectory().resolve(name);
            if (PinPaths.isNext(name)) {
                kernel.unpin(pin);
                continue;
            }
            Optional<Long> mapId = PinPaths.mapId(name);
            if (mapId.isPresent()) {
                kernelId(pin).ifPresent(kernelId -> created.put(mapId.get(), kernelId));
            }
        }
        return created;
    }

    private void findGenerations() throws KernelException {
        for (String name : kernel.pins(paths.innerDirectory())) {
            Optional<Integer> number = PinPaths.generation(name);
            if (number.isPresent()) {
                kernelId(paths.innerDirectory().resolve(name))
                        .ifPresent(id -> generations
                                .computeIfAbsent(PinPaths.mapId(name).orElseThrow(),
                                        _ -> new TreeMap<>())
                                .put(number.get(), id));
            }
        }
    }

    /** What the outer maps hold: of several generations that tells which one programs use. */
    private void findSlots(Set<Long> created, Map<Integer, List<Path>> named)
            throws KernelException {
        List<Path> pins = new ArrayList<>(created.stream().map(paths::owned).toList());
        named.values().forEach(all -> pins.add(all.getFirst()));
        for (Path pin : pins) {
            try (KernelMap map = kernel.openPin(pin).orElse(null)) {
                if (map != null && map.info().spec().type().isOuter()) {
                    map.readAll().forEach(slot -> inSlots.add(slot.value().intLe(0)));
                }
            }
        }
    }

    /** The map has no pins of its own any more. */
    void forget(long mapId) {
        generations.remove(mapId);
    }

    private Map<Integer, List<Path>> namedPins() throws KernelException {
        Map<Integer, List<Path>> pins = new HashMap<>();
        for (String namespace : kernel.directories(paths.root())) {
            if (PinPaths.isReserved(namespace)) {
                continue;
            }
            for (String name : kernel.pins(paths.root().resolve(namespace))) {
                Path pin = paths.root().resolve(namespace).resolve(name);
                kernelId(pin)
                        .ifPresent(id -> pins.computeIfAbsent(id, _ -> new ArrayList<>()).add(pin));
            }
        }
        return pins;
    }

    /** The id of the map that is pinned at a path; empty where there is none, or something that is no map. */
    Optional<Integer> kernelId(Path pin) throws KernelException {
        try (KernelMap map = openMap(kernel, pin)) {
            return map == null ? Optional.empty() : Optional.of(map.info().id());
        }
    }

    /** The map that is pinned at a path, which the caller closes; null where there is none, or something that is no map. */
    static @Nullable KernelMap openMap(Kernel kernel, Path pin) throws KernelException {
        try {
            return kernel.openPin(pin).orElse(null);
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL) || e.is(Errno.EACCES)) {
                return null;
            }
            throw e;
        }
    }

    /** True for a map that is held and that we made, as its mark says. */
    boolean isOurs(int kernelId) throws KernelException {
        Optional<Long> owner = open.owner(kernelId);
        return owner.isPresent()
                && kernelId(paths.owned(owner.get())).equals(Optional.of(kernelId));
    }

    /** Looks for one map; where it is there, opens it and reads what it holds. */
    Holding find(Step.Open step) throws KernelException, ProblemException {
        NavigableMap<Integer, Integer> found = generations.get(step.mapId());
        if (found != null) {
            Held held = findGeneration(step, found);
            if (held != null) {
                generations.remove(step.mapId());
                return held;
            }
        }
        Optional<KernelMap> ours = kernel.openPin(paths.owned(step.mapId()));
        if (ours.isPresent()) {
            return adopt(step, ours.get(), paths.owned(step.mapId()), true, 1);
        }
        Optional<Integer> occupant = kernelId(step.pin());
        if (occupant.isPresent() && isOurs(occupant.get())) {
            // Another map of ours had this name before, and will give way when this one is pinned.
            return new Holding.Missing();
        }
        Optional<KernelMap> pinned = kernel.openPin(step.pin());
        if (pinned.isEmpty()) {
            return new Holding.Missing();
        }
        return adopt(step, pinned.get(), step.pin(), false, 1);
    }

    /** The generation that slots hold, else the newest; the others beside, of which it is not known what they hold. */
    private @Nullable Held findGeneration(Step.Open step, NavigableMap<Integer, Integer> found)
            throws KernelException, ProblemException {
        int number = found.descendingMap()
                .entrySet()
                .stream()
                .filter(entry -> inSlots.contains(entry.getValue()))
                .findFirst()
                .orElse(found.lastEntry())
                .getKey();
        Path pin = paths.inner(step.mapId(), number);
        Optional<Integer> marked = kernelId(paths.owned(step.mapId()));
        Optional<KernelMap> map = kernel.openPin(pin);
        if (map.isEmpty()) {
            return null;
        }
        boolean created = marked.equals(Optional.of(map.get().info().id()));
        Held held = adopt(step, map.get(), created ? paths.owned(step.mapId()) : pin, created,
                number);
        List<Generation> others = new ArrayList<>();
        for (Map.Entry<Integer, Integer> other : found.descendingMap().entrySet()) {
            if (other.getKey() != number) {
                others.add(new Generation(other.getKey(), other.getValue(), true,
                        Optional.empty()));
            }
        }
        return held.withAllKept(others);
    }

    private Held adopt(Step.Open step, KernelMap map, Path from, boolean created,
            int generation)
            throws KernelException, ProblemException {
        boolean adopted = false;
        try {
            Optional<String> difference = Definition.difference(step.spec(), map.info().spec(),
                    kernel.possibleCpus());
            if (difference.isPresent()) {
                throw new ProblemException(new Problem(Errno.EEXIST.number(),
                        "pin %s %s: rename or remove it, or change the definition"
                                .formatted(from, difference.get()),
                        Retry.SLOWLY));
            }
            int kernelId = map.info().id();
            boolean frozen = map.frozen();
            Contents contents = open.read(step.mapId(), step.spec(), map);
            List<Path> pins = pinsOf(kernelId, step, generation);
            adopted = true;
            open.put(step.mapId(), map);
            return new Held(step.mapId(), step.spec(), kernelId, created, false, frozen, pins,
                    Optional.of(contents), generation, List.of());
        } finally {
            if (!adopted) {
                map.close();
            }
        }
    }

    private List<Path> pinsOf(int kernelId, Step.Open step, int generation)
            throws KernelException {
        SequencedSet<Path> candidates = new LinkedHashSet<>(
                List.of(step.pin(), paths.named(step.spec()),
                        paths.inner(step.mapId(), generation)));
        List<Path> pins = new ArrayList<>();
        for (Path candidate : candidates) {
            if (kernelId(candidate).equals(Optional.of(kernelId))) {
                pins.add(candidate);
            }
        }
        return List.copyOf(pins);
    }
}
