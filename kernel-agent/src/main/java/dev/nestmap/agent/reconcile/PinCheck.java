package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Errno;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * A directory of a bpffs has the time at which a name in it last came, went or changed, and a pin is an inode of its own. So a look each
 * second costs one stat(2) for each directory; the pins in it are looked at only after a change, and opened only where they are another
 * inode than before.
 */
/** Sees each second that all pins of ours still lead to the maps that they are of. For one thread. */
final class PinCheck implements Check {
    /** The clock of files goes in steps: a change right behind a look could have the time of the one before. */
    private static final long STEP_MILLIS = 100;

    private enum Role {
        NAME, MARK, KEPT
    }

    /** A pin that should lead to a map. */
    private record Pin(Path path, long mapId, int kernelId, Role role, int generation) {}

    private final Kernel kernel;
    private final PinPaths paths;
    private final OpenMaps open;
    private final InstantSource clock;
    private boolean begun;
    private long dueNanos;
    private Tree<Holding> holdings = Tree.ofObjects();
    private Map<Path, List<Pin>> pins = Map.of();
    /** Directories as they were when all pins in them were right. */
    private final Map<Path, FileStamp> directories = new HashMap<>();
    private final Map<Path, FileStamp> stamps = new HashMap<>();

    PinCheck(Kernel kernel, PinPaths paths, OpenMaps open, InstantSource clock) {
        this.kernel = kernel;
        this.paths = paths;
        this.open = open;
        this.clock = clock;
    }

    @Override
    public long dueNanos(long nowNanos) {
        return begun ? dueNanos : nowNanos;
    }

    @Override
    public void run(Findings findings, long nowNanos) {
        begun = true;
        dueNanos = Check.nextSecond(nowNanos);
        if (!Check.isSame(holdings, findings.actual().holdings())) {
            holdings = findings.actual().holdings();
            pins = all(holdings);
            directories.keySet().retainAll(pins.keySet());
            stamps.keySet().removeIf(path -> !pins.containsKey(path.getParent()));
        }
        long beganMillis = clock.millis();
        for (Map.Entry<Path, List<Pin>> entry : pins.entrySet()) {
            try {
                Optional<FileStamp> stamp = kernel.stamp(entry.getKey());
                if (stamp.isEmpty() || !stamp.get().equals(directories.get(entry.getKey()))) {
                    directories.remove(entry.getKey());
                    for (Pin pin : entry.getValue()) {
                        look(pin, findings);
                    }
                    stamp.filter(seen -> seen.changedMillis() + STEP_MILLIS < beganMillis)
                            .ifPresent(seen -> directories.put(entry.getKey(), seen));
                }
            } catch (KernelException _) {
                // Not to be examined at all, as in a directory of somebody else: the next second tries again.
                directories.remove(entry.getKey());
            }
        }
    }

    private Map<Path, List<Pin>> all(Tree<Holding> all) {
        Map<Path, List<Pin>> byDirectory = new HashMap<>();
        for (Entry<Holding> entry : all) {
            if (entry.value() instanceof Held held) {
                held.pins()
                        .forEach(path -> add(byDirectory, new Pin(path, held.mapId(),
                                held.kernelId(), Role.NAME, held.generation())));
                held.kept()
                        .forEach(kept -> add(byDirectory,
                                new Pin(paths.inner(held.mapId(), kept.number()), held.mapId(),
                                        kept.kernelId(), Role.KEPT, kept.number())));
                if (held.created() && !held.pins().isEmpty()) {
                    add(byDirectory, new Pin(paths.owned(held.mapId()), held.mapId(),
                            held.kernelId(), Role.MARK, held.generation()));
                }
            }
        }
        return byDirectory;
    }

    private static void add(Map<Path, List<Pin>> byDirectory, Pin pin) {
        Path directory = pin.path().getParent();
        if (directory != null) {
            byDirectory.computeIfAbsent(directory, _ -> new ArrayList<>()).add(pin);
        }
    }

    private void look(Pin pin, Findings findings) throws KernelException {
        Held held = findings.actual().held(pin.mapId());
        Optional<FileStamp> stamp = kernel.stamp(pin.path());
        if (held == null || (stamp.isPresent() && stamp.get().equals(stamps.get(pin.path())))) {
            return;
        }
        stamps.remove(pin.path());
        Subject.Pin subject = new Subject.Pin(pin.path());
        String expected = "kernel id %d".formatted(pin.kernelId());
        try (KernelMap map = occupant(pin.path())) {
            if (map != null && map.info().id() == pin.kernelId()) {
                stamp.ifPresent(seen -> stamps.put(pin.path(), seen));
                findings.mended(pin.mapId(), subject);
                return;
            }
            String found = map == null
                    ? stamp.isEmpty() ? Expected.NOTHING : "something that is no map"
                    : "kernel id %d".formatted(map.info().id());
            Optional<String> difference = map == null
                    ? Optional.empty()
                    : Definition.difference(held.spec(), map.info().spec(),
                            kernel.possibleCpus());
            switch (pin.role()) {
                case NAME -> {
                    if (difference.isPresent() && map != null) {
                        findings.pin(held, DriftKind.DEFINITION, subject,
                                words(Definition.toCreate(held.spec())) + ", " + expected,
                                words(map.info().spec()) + ", " + found);
                    } else {
                        findings.pin(held, DriftKind.IDENTITY, subject, expected, found);
                    }
                }
                case KEPT -> findings.lost(held, pin.generation(), subject,
                        "%s, its generation %d".formatted(expected, pin.generation()), found);
                case MARK -> mark(pin, held, stamp.isEmpty(), found, findings);
            }
        }
    }

    /** Without its mark, an agent that starts would not know the map for its own. */
    private void mark(Pin pin, Held held, boolean absent, String found, Findings findings)
            throws KernelException {
        Subject.Pin subject = new Subject.Pin(pin.path());
        String expected = "kernel id %d, which says that the agent made it"
                .formatted(pin.kernelId());
        findings.left(held, DriftKind.IDENTITY, subject, expected, found);
        KernelMap map = open.get(held.mapId());
        if (absent && map != null) {
            kernel.makeDirectories(paths.ownedDirectory());
            map.pin(pin.path());
            findings.mended(held.mapId(), subject);
        }
    }

    private @Nullable KernelMap occupant(Path pin)
            throws KernelException {
        try {
            return kernel.openPin(pin).orElse(null);
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL) || e.is(Errno.EACCES)) {
                return null;
            }
            throw e;
        }
    }

    private static String words(KernelMapSpec spec) {
        return "%s key %s value %s entries %s flags 0x%x".formatted(spec.type().word(),
                Integer.toUnsignedString(spec.keySize()),
                Integer.toUnsignedString(spec.valueSize()),
                Integer.toUnsignedString(spec.maxEntries()), spec.flags());
    }
}
