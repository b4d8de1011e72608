package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.reconcile.Holding.Held;
import java.util.ArrayList;
import java.util.List;

/** Looks for what others changed, by all checks in turn. For one thread. */
final class Inspector {
    private final DriftOptions options;
    private final DriftLedger ledger;
    private final List<CarefulCheck> checks = new ArrayList<>();

    Inspector(Kernel kernel, PinPaths paths, OpenMaps open, PinFinder finder,
            DriftOptions options, DriftLedger ledger) {
        this.options = options;
        this.ledger = ledger;
        add(new SlotCheck(open));
        add(new PinCheck(kernel, paths, open, options.clock()));
        add(new ProgramCheck(kernel, paths, finder, options.programs()));
        if (!options.pass().isZero()) {
            add(new ContentsCheck(kernel, open, options.pass().toNanos()));
        }
    }

    private void add(Check check) {
        checks.add(new CarefulCheck(check));
    }

    /** Says of which maps it is not known whether they are as desired, because this program made a mistake. Others have a condition already. */
    void addConditions(Actual actual, long revision, List<Condition> conditions) {
        for (CarefulCheck check : checks) {
            check.mistake().ifPresent(mistake -> {
                Held held = actual.held(mistake.mapId());
                if (held != null && conditions.stream()
                        .noneMatch(other -> other.mapId() == held.mapId())) {
                    conditions.add(new Condition(held.mapId(), held.spec().namespace(),
                            held.spec().name(), revision, 0,
                            mistake.words(), true));
                }
            });
        }
    }

    /** When there is something to look at. */
    long dueNanos(long nowNanos) {
        return checks.stream()
                .mapToLong(check -> check.dueNanos(nowNanos))
                .reduce((a, b) -> a - b < 0 ? a : b)
                .orElseThrow();
    }

    /** Looks at what is due, for some milliseconds at most. */
    Findings run(Actual actual, long nowNanos) {
        Findings findings = new Findings(ledger, actual, options.clock().instant());
        for (CarefulCheck check : checks) {
            if (check.isDue(nowNanos)) {
                check.run(findings, nowNanos);
                findings.apply();
            }
        }
        return findings;
    }
}
