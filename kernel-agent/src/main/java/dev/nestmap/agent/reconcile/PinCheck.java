package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.agent.reconcile.HeldPins.Pin;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * A directory of a bpffs has the time at which a name in it last came, went or changed, and a pin is an inode of its own. So a look each
 * second costs one stat(2) for each directory; the pins in it are looked at only after a change, and opened only where they are another
 * inode than before. A round goes through what changed with the holdings, then through the directories, in slices: ten thousand pins in
 * one directory do not hold up the thread.
 */
/** Sees each second that all pins of ours still lead to the maps that they are of. For one thread. */
final class PinCheck implements Check {
    /** Looking takes no more than a twentieth of one CPU. */
    private static final int REST = 20;
    /** The clock of files goes in steps: a change right behind a look could have the time of the one before. */
    private static final long STEP_MILLIS = 100;
    private static final String NO_MAP = "something that is no map";

    private final Kernel kernel;
    private final PinPaths paths;
    private final OpenMaps open;
    private final InstantSource clock;
    private final EachSecond pace = new EachSecond(REST);
    private final HeldPins pins;
    private final LoaderPins loaders;
    private Tree<Holding> holdings = Tree.ofObjects();
    /** Directories as they were when all pins in them were right. */
    private final Map<Path, FileStamp> directories = new HashMap<>();
    private final Map<Path, FileStamp> stamps = new HashMap<>();
    /** False where the round under way has not come to the directories so far. */
    private boolean queued;
    /** What is left of the round that is under way. */
    private final Deque<Path> directoriesLeft = new ArrayDeque<>();
    private @Nullable Folder folder;
    /** The map that is looked at. */
    private long atMapId;

    /** A directory of which the pins are looked at. */
    private static final class Folder {
        private final Path path;
        /** Before the first look at a pin in it; empty where that says nothing about the next round. */
        private final Optional<FileStamp> stamp;
        private final Deque<Pin> left;
        /** False where a pin has to be looked at again whatever happens to the directory. */
        private boolean known = true;

        Folder(Path path, Optional<FileStamp> stamp, List<Pin> pins) {
            this.path = path;
            this.stamp = stamp;
            this.left = new ArrayDeque<>(pins);
        }

        void end(Map<Path, FileStamp> directories) {
            directories.remove(path);
            stamp.filter(_ -> known).ifPresent(seen -> directories.put(path, seen));
        }
    }

    PinCheck(Kernel kernel, PinPaths paths, OpenMaps open, InstantSource clock) {
        this.kernel = kernel;
        this.paths = paths;
        this.open = open;
        this.clock = clock;
        this.pins = new HeldPins(paths);
        this.loaders = new LoaderPins(clock);
    }

    @Override
    public long dueNanos(long nowNanos) {
        return pace.dueNanos(nowNanos);
    }

    @Override
    public String words() {
        return "pins";
    }

    @Override
    public long mapId() {
        return atMapId;
    }

    @Override
    public boolean run(Findings findings, long nowNanos) {
        if (pace.begin(nowNanos)) {
            queued = false;
            if (!Check.isSame(holdings, findings.actual().holdings())) {
                holdings = findings.actual().holdings();
                pins.renew(holdings);
            }
        }
        while (step(findings)) {
            if (!pace.hasTime()) {
                pace.pause(nowNanos);
                return false;
            }
        }
        directories.keySet().removeAll(loaders.follow(findings));
        pace.end();
        return true;
    }

    /** One map, one directory or one pin; false where nothing of the round is left. */
    private boolean step(Findings findings) {
        Folder current = folder;
        if (pins.hasNews()) {
            for (Pin pin : pins.learn()) {
                directories.remove(pin.directory());
                stamps.remove(pin.path());
            }
        } else if (!queued) {
            queued = true;
            directoriesLeft.addAll(pins.directories());
        } else if (current == null) {
            Path next = directoriesLeft.poll();
            folder = next == null ? null : changed(next);
        } else if (current.left.isEmpty()) {
            current.end(directories);
            folder = null;
        } else {
            boolean known = current.known;
            // Stays so where a mistake ends the look.
            current.known = false;
            current.known = tried(current.left.removeFirst(), findings) && known;
        }
        return folder != null || !directoriesLeft.isEmpty() || !queued;
    }

    /** A directory with its pins; null where it is as it was when all of them were right. */
    private @Nullable Folder changed(Path directory) {
        long nowMillis = clock.millis();
        try {
            Optional<FileStamp> stamp = kernel.stamp(directory);
            if (stamp.isPresent() && stamp.get().equals(directories.get(directory))) {
                return null;
            }
            return new Folder(directory,
                    stamp.filter(seen -> seen.changedMillis() + STEP_MILLIS < nowMillis),
                    pins.in(directory));
        } catch (KernelException _) {
            // Not to be examined at all, as a directory of somebody else: the next second tries again.
            directories.remove(directory);
            return null;
        }
    }

    /** False where a pin could not be looked at: that says nothing of the others. */
    private boolean tried(Pin pin, Findings findings) {
        atMapId = pin.mapId();
        try {
            look(pin, findings);
            return true;
        } catch (KernelException _) {
            stamps.remove(pin.path());
            return false;
        }
    }

    private void look(Pin pin, Findings findings) throws KernelException {
        Held held = findings.actual().held(pin.mapId());
        Optional<FileStamp> stamp = kernel.stamp(pin.path());
        if (held == null || !pins.isCurrent(pin, findings.actual())
                || (stamp.isPresent() && stamp.get().equals(stamps.get(pin.path())))) {
            return;
        }
        stamps.remove(pin.path());
        Subject.Pin subject = new Subject.Pin(pin.path());
        String expected = "kernel id %d".formatted(pin.kernelId());
        try (KernelMap map = PinFinder.openMap(kernel, pin.path())) {
            if (map != null && map.info().id() == pin.kernelId()) {
                stamp.ifPresent(seen -> stamps.put(pin.path(), seen));
                findings.mended(pin.mapId(), subject);
                return;
            }
            String found = map == null
                    ? stamp.isEmpty() ? Expected.NOTHING : NO_MAP
                    : "kernel id %d".formatted(map.info().id());
            Optional<String> difference = map == null
                    ? Optional.empty()
                    : Definition.difference(held.spec(), map.info().spec(),
                            kernel.possibleCpus());
            switch (pin.role()) {
                case LOADERS -> {
                    if (stamp.isEmpty()) {
                        loaders.absent(pin, held, findings);
                    } else if (map == null) {
                        loaders.noMap(pin, held, found, findings);
                    } else if (difference.isPresent()) {
                        loaders.differs(pin, held, found, difference.get(), findings);
                    } else {
                        loaders.replaced(pin, stamp, found);
                    }
                }
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

    private static String words(KernelMapSpec spec) {
        return "%s key %s value %s entries %s flags 0x%x".formatted(spec.type().word(),
                Integer.toUnsignedString(spec.keySize()),
                Integer.toUnsignedString(spec.valueSize()),
                Integer.toUnsignedString(spec.maxEntries()), spec.flags());
    }
}
