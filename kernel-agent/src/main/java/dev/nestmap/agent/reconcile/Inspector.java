package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.Kernel;
import java.util.ArrayList;
import java.util.List;

/** Looks for what others changed, by all checks in turn. For one thread. */
final class Inspector {
    private final DriftOptions options;
    private final DriftLedger ledger;
    private final List<Check> checks = new ArrayList<>();

    Inspector(Kernel kernel, PinPaths paths, OpenMaps open, PinFinder finder,
            DriftOptions options, DriftLedger ledger) {
        this.options = options;
        this.ledger = ledger;
        checks.add(new SlotCheck(open));
        checks.add(new PinCheck(kernel, paths, open, options.clock()));
        checks.add(new ProgramCheck(kernel, paths, finder, options.programs()));
        if (!options.pass().isZero()) {
            checks.add(new ContentsCheck(kernel, open, options.pass().toNanos()));
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
        for (Check check : checks) {
            if (check.dueNanos(nowNanos) - nowNanos <= Check.TOGETHER_NANOS) {
                check.run(findings, nowNanos);
                findings.apply();
            }
        }
        return findings;
    }
}
