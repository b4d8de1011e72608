package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.reconcile.Actual.Leftover;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Finds maps by their pins: those that an agent before created, and those that a loader pinned first. Changes nothing, but for
 * removing pins that were on their way to a name when an agent died.
 */
final class PinFinder {
    private final Kernel kernel;
    private final PinPaths paths;
    private final OpenMaps open;

    PinFinder(Kernel kernel, PinPaths paths, OpenMaps open) {
        this.kernel = kernel;
        this.paths = paths;
        this.open = open;
    }

    /** The maps of ours under this root, with all their pins there. */
    SortedMap<Long, Leftover> leftovers() throws KernelException {
        SortedMap<Long, Integer> kernelIds = new TreeMap<>();
        for (String name : kernel.pins(paths.ownedDirectory())) {
            Path pin = paths.ownedDirectory().resolve(name);
            if (PinPaths.isNext(name)) {
                kernel.unpin(pin);
            } else {
                note(name, pin, kernelIds);
            }
        }
        Set<Long> created = Set.copyOf(kernelIds.keySet());
        for (String name : kernel.pins(paths.innerDirectory())) {
            note(name, paths.innerDirectory().resolve(name), kernelIds);
        }
        Map<Integer, List<Path>> named = namedPins();
        SortedMap<Long, Leftover> leftovers = new TreeMap<>();
        for (Map.Entry<Long, Integer> entry : kernelIds.entrySet()) {
            // A map that a loader made keeps the loader's pins.
            List<Path> pins = new ArrayList<>(created.contains(entry.getKey())
                    ? named.getOrDefault(entry.getValue(), List.of())
                    : List.of());
            pins.add(paths.inner(entry.getKey()));
            pins.add(paths.owned(entry.getKey()));
            leftovers.put(entry.getKey(), new Leftover(entry.getValue(), List.copyOf(pins)));
        }
        leftovers.forEach(open::remember);
        return leftovers;
    }

    private void note(String fileName, Path pin, SortedMap<Long, Integer> kernelIds)
            throws KernelException {
        Optional<Long> mapId = PinPaths.mapId(fileName);
        if (mapId.isPresent()) {
            kernelId(pin).ifPresent(kernelId -> kernelIds.putIfAbsent(mapId.get(), kernelId));
        }
    }

    private Map<Integer, List<Path>> namedPins() throws KernelException {
        Map<Integer, List<Path>> pins = new HashMap<>();
        for (String namespace : kernel.directories(paths.root())) {
            if (namespace.startsWith("_")) {
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
        try (KernelMap map = kernel.openPin(pin).orElse(null)) {
            return map == null ? Optional.empty() : Optional.of(map.info().id());
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL) || e.is(Errno.EACCES)) {
                return Optional.empty();
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
        for (Path mark : List.of(paths.owned(step.mapId()), paths.inner(step.mapId()))) {
            Optional<KernelMap> ours = kernel.openPin(mark);
            if (ours.isPresent()) {
                return adopt(step, ours.get(), mark, mark.equals(paths.owned(step.mapId())));
            }
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
        return adopt(step, pinned.get(), step.pin(), false);
    }

    private Held adopt(Step.Open step, KernelMap map, Path from, boolean created)
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
            Contents contents = open.read(step.spec(), map);
            List<Path> pins = pinsOf(kernelId, step.mapId(), step.spec(), step.pin());
            adopted = true;
            open.put(step.mapId(), map);
            return new Held(step.mapId(), step.spec(), kernelId, created, false, frozen, pins,
                    Optional.of(contents));
        } finally {
            if (!adopted) {
                map.close();
            }
        }
    }

    private List<Path> pinsOf(int kernelId, long mapId, MapSpec spec, Path wanted)
            throws KernelException {
        SequencedSet<Path> candidates = new LinkedHashSet<>(
                List.of(wanted, paths.named(spec), paths.inner(mapId)));
        List<Path> pins = new ArrayList<>();
        for (Path candidate : candidates) {
            if (kernelId(candidate).equals(Optional.of(kernelId))) {
                pins.add(candidate);
            }
        }
        return List.copyOf(pins);
    }
}
