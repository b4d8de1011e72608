package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftKind;
import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.kernel.FileStamp;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.ProgramMaps;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.tree.Entry;
import dev.nestmap.model.tree.Tree;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/*
 * A program has the maps that it was loaded with. Where a pin was replaced, before or behind its back, it goes on with another map than
 * the one that the agent writes, and nothing else shows it. The ids of its maps are told to whoever has the program open; which map is
 * behind an id is not, without CAP_SYS_ADMIN. So only ids are known for wrong that a map of ours had before, or that are found at its
 * pin instead of it.
 */
/** Sees each second that pinned programs hold the maps that are written. For one thread. */
final class ProgramCheck implements Check {
    /** Looking takes no more than a twentieth of one CPU. */
    private static final int REST = 20;
    private static final int MOST_PROGRAMS = 1024;
    private static final int MOST_FORMER = 4096;

    /** A pin as it was seen; it may be that of something that is no program. */
    private record Known(FileStamp stamp, Optional<ProgramMaps> maps) {}

    private final Kernel kernel;
    private final PinPaths paths;
    private final PinFinder finder;
    private final List<Path> watched;
    private final EachSecond pace = new EachSecond(REST);
    private Tree<Holding> holdings = Tree.ofObjects();
    /** Of maps that programs find by a name: the kernel id. */
    private final Map<Long, Integer> current = new HashMap<>();
    /** The maps that kernel ids were of which are not theirs any more, or never were though their pins lead there. */
    private final Map<Integer, Long> former = new HashMap<>();
    private SortedSet<Path> named = new TreeSet<>();
    private final Map<Path, Known> programs = new HashMap<>();
    /** Programs that hold a wrong map, each with the map that they should hold. */
    private Map<Path, Long> wrong = new HashMap<>();
    /** The map that is looked at. */
    private long atMapId;

    ProgramCheck(Kernel kernel, PinPaths paths, PinFinder finder, List<Path> watched) {
        this.kernel = kernel;
        this.paths = paths;
        this.finder = finder;
        this.watched = watched;
    }

    @Override
    public long dueNanos(long nowNanos) {
        return pace.dueNanos(nowNanos);
    }

    @Override
    public String words() {
        return "pinned programs";
    }

    @Override
    public long mapId() {
        return atMapId;
    }

    @Override
    public boolean run(Findings findings, long nowNanos) {
        boolean _ = pace.begin(nowNanos);
        if (!Check.isSame(holdings, findings.actual().holdings())) {
            learn(findings.actual().holdings());
        }
        SortedSet<Path> pins = new TreeSet<>(named);
        watched.forEach(path -> addPins(path, pins));
        programs.keySet().retainAll(pins);
        Map<Path, Long> now = new HashMap<>();
        for (Path pin : pins) {
            try {
                look(pin, findings, now);
            } catch (KernelException _) {
                programs.remove(pin);
            }
        }
        wrong.forEach((pin, mapId) -> {
            if (!mapId.equals(now.get(pin))) {
                findings.mended(mapId, new Subject.Program(pin));
            }
        });
        wrong = now;
        pace.end();
        return true;
    }

    private void learn(Tree<Holding> now) {
        holdings = Tree.ofObjects();
        named = new TreeSet<>();
        for (Entry<Holding> entry : now) {
            if (entry.value() instanceof Held held) {
                atMapId = held.mapId();
                held.contents()
                        .ifPresent(contents -> contents.resolved().keySet().forEach(this::name));
                if (paths.isInner(held.pins().isEmpty() ? paths.root() : held.pins().getFirst())) {
                    continue;
                }
                Integer before = current.put(held.mapId(), held.kernelId());
                if (before != null && before != held.kernelId() && former.size() < MOST_FORMER) {
                    former.put(before, held.mapId());
                }
                former.remove(held.kernelId());
                if (held.pins().isEmpty()) {
                    addOccupant(held);
                }
            }
        }
        atMapId = 0;
        holdings = now;
        current.keySet().removeIf(this::isGone);
        former.values().removeIf(this::isGone);
    }

    private boolean isGone(long mapId) {
        return switch (holdings.get(Desired.key(mapId))) {
            case Held _,Holding.Replaced _ -> false;
            case Holding.Missing _ -> true;
            case null -> true;
        };
    }

    private void name(String term) {
        Expressions.terms(term).forEach(parsed -> {
            if (parsed instanceof NodeExpression.Program(String path)) {
                named.add(Path.of(path));
            }
        });
    }

    private void addOccupant(Held held) {
        try {
            finder.kernelId(paths.named(held.spec()))
                    .filter(id -> id != held.kernelId() && former.size() < MOST_FORMER)
                    .ifPresent(id -> former.put(id, held.mapId()));
        } catch (KernelException _) {
            // What cannot be opened is held by no program that was loaded with it.
        }
    }

    private void addPins(Path path, SortedSet<Path> pins) {
        try {
            List<String> names = kernel.pins(path);
            if (names.isEmpty()) {
                pins.add(path);
            }
            for (String name : names) {
                if (pins.size() < MOST_PROGRAMS) {
                    pins.add(path.resolve(name));
                }
            }
        } catch (KernelException _) {
            pins.add(path);
        }
    }

    private void look(Path pin, Findings findings, Map<Path, Long> now)
            throws KernelException {
        Optional<FileStamp> stamp = kernel.stamp(pin);
        Known known = programs.get(pin);
        if (stamp.isEmpty()) {
            return;
        }
        if (known == null || !known.stamp().equals(stamp.get())) {
            known = new Known(stamp.get(), maps(pin));
            programs.put(pin, known);
        }
        if (known.maps().isEmpty()) {
            return;
        }
        Subject.Program subject = new Subject.Program(pin);
        ProgramMaps program = known.maps().get();
        for (int id : program.mapIds()) {
            Long mapId = former.get(id);
            Held held = mapId == null ? null : findings.actual().held(mapId);
            if (held != null && !program.mapIds().contains(held.kernelId())) {
                now.put(pin, held.mapId());
                findings.left(held, DriftKind.IDENTITY, subject,
                        "kernel id %d, which the agent writes".formatted(held.kernelId()),
                        "kernel id %d, in program \"%s\" (id %d)".formatted(id, program.name(),
                                program.id()));
                return;
            }
        }
    }

    private Optional<ProgramMaps> maps(Path pin) throws KernelException {
        try {
            return kernel.programMaps(pin);
        } catch (KernelException e) {
            if (e.is(Errno.EINVAL)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
