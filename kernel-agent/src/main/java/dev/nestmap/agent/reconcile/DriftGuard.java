package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.Drift;
import dev.nestmap.agent.drift.Drift.State;
import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.drift.DriftReport;
import dev.nestmap.agent.drift.MendPace;
import dev.nestmap.agent.drift.Subject;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;

/** Decides which maps that others changed are mended now, and sees what became of it. For one thread; time is handed in. */
final class DriftGuard {
    private final DriftOptions options;
    private final DriftLedger ledger;
    private final PinPaths paths;
    private final MendPace pace = new MendPace();
    /** The kernel ids of maps that the agent is to give up for others at their pins. */
    private final Map<Long, Integer> replaced = new HashMap<>();
    /** What was reported last, and what it was made of. */
    private DriftReport report = DriftReport.NONE;
    private boolean stale;

    DriftGuard(DriftOptions options, DriftLedger ledger, PinPaths paths) {
        this.options = options;
        this.ledger = ledger;
        this.paths = paths;
    }

    /** True where all elements are read over and over. */
    boolean readsElements() {
        return !options.pass().isZero();
    }

    /** Takes what was found. */
    void found(Findings findings, long nowNanos) {
        replaced.putAll(findings.replaced());
        for (long id : findings.drifted()) {
            boolean putOff = false;
            if (findings.replaced().containsKey(id)) {
                pace.exchanged(id, nowNanos);
            } else {
                putOff = pace.drifted(id, nowNanos);
            }
            long waitNanos = pace.dueNanos(id).orElse(nowNanos) - nowNanos;
            String note = "is mended at " + options.clock()
                    .instant()
                    .plusNanos(waitNanos)
                    .truncatedTo(ChronoUnit.MILLIS);
            if (putOff) {
                ledger.heldBack(id, note);
            } else if (pace.isHeldBack(id)) {
                ledger.stillHeldBack(id, note);
            } else if (waitNanos > 0) {
                ledger.waiting(id, note);
            }
        }
        stale |= findings.hasNews() || findings.hasCounted();
    }

    /** A map that is to be mended now, or some together: those of a loader, which are taken up together. Empty where there is none. */
    SortedSet<Long> take(long nowNanos) {
        SortedSet<Long> due = new TreeSet<>();
        OptionalLong first = pace.take(nowNanos);
        if (first.isEmpty()) {
            return due;
        }
        due.add(first.getAsLong());
        if (replaced.containsKey(first.getAsLong())) {
            for (long other : replaced.keySet()) {
                if (pace.takeWithOthers(other, nowNanos)) {
                    due.add(other);
                }
            }
        }
        due.forEach(ledger::mending);
        return due;
    }

    /** How long it took to mend some maps. */
    void took(SortedSet<Long> mended, long nanos, long nowNanos) {
        mended.forEach(id -> pace.took(id, nanos / mended.size(), nowNanos));
    }

    OptionalLong dueNanos() {
        return pace.dueNanos();
    }

    /** Looks which differences are gone. After whatever was done to the kernel. */
    void settle(Desired desired, Actual actual) {
        for (long id : ledger.openMaps()) {
            DesiredMap map = desired.map(id);
            Held held = actual.held(id);
            stale = true;
            if (map == null) {
                ledger.forget(id);
                pace.forget(id);
                replaced.remove(id);
            } else if (held != null) {
                settleReplaced(held);
                ledger.mended(id, subject -> isMended(map, held, subject),
                        options.clock().instant());
                if (ledger.open(id).isEmpty()) {
                    pace.mended(id);
                }
            }
        }
    }

    private void settleReplaced(Held held) {
        Integer former = replaced.get(held.mapId());
        if (former != null && former != held.kernelId()) {
            replaced.remove(held.mapId());
            ledger.mended(held.mapId(),
                    subject -> subject instanceof Subject.Pin pin && held.pins()
                            .contains(pin.path()),
                    "the agent took up the map that is pinned there now (kernel id %d)"
                            .formatted(held.kernelId()),
                    options.clock().instant());
        }
    }

    private boolean isMended(DesiredMap map, Held held, Subject subject) {
        return switch (subject) {
            case Subject.Element element -> held.contents()
                    .map(Contents::elements)
                    .filter(elements -> Objects.equals(elements.get(element.storedKey()),
                            map.elements().get(element.storedKey())))
                    .isPresent();
            // Only another look shows it.
            case Subject.Pin pin when paths.isLoaders(held, pin.path()) -> false;
            case Subject.Pin pin -> pin.path().equals(paths.of(map, held.generation()))
                    ? held.pins().contains(pin.path())
                    : !pin.path().equals(paths.owned(map.id()));
            // Only another look shows it.
            case Subject.Program _ -> false;
        };
    }

    /** The agent cannot mend a map, and says why in a condition. */
    void stuck(long mapId, Problem problem) {
        if (!ledger.open(mapId).isEmpty()) {
            ledger.stuck(mapId, problem.message());
            stale = true;
        }
    }

    /** Why a map is not as desired though no plan failed; empty where it is. */
    Optional<Condition> condition(long mapId, long revision) {
        List<Drift> open = ledger.open(mapId);
        if (open.isEmpty()) {
            return Optional.empty();
        }
        Drift first = open.getFirst();
        long count = ledger.openCount(mapId);
        String what = "drift, first seen %s: %s of it is %s, expected is %s%s".formatted(
                first.firstSeen(), first.key(), first.found(), first.expected(),
                count == 1 ? "" : "; %d differences in all".formatted(count));
        String then = switch (first.state()) {
            case LEFT -> first.note().isEmpty()
                    ? "; this is not the agent's to mend: load the program anew, or put the pin back"
                    : "; " + first.note();
            case HELD_BACK ->
                "; it was mended %d times and changed again, so somebody else writes it: find out who, or give the map another ownership; mending goes on more and more slowly"
                        .formatted(first.times() - 1);
            case FOUND -> first.note().isEmpty() ? "" : "; it " + first.note();
            case MENDED -> "";
        };
        return Optional.of(new Condition(mapId, first.namespace(), first.name(), revision, 0,
                what + then, first.state() != State.LEFT));
    }

    /** The maps with something that is not mended. */
    Iterable<Long> openMaps() {
        return ledger.openMaps();
    }

    DriftReport report() {
        if (stale) {
            stale = false;
            report = ledger.report();
        }
        return report;
    }
}
