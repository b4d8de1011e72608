package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.drift.DriftLedger;
import dev.nestmap.agent.drift.DriftOptions;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Brings the kernel to what is desired, one duty cycle at a time: {@link #advance}, then a report by the caller, then
 * {@link #release}. A cycle costs what changed since the last one, and what is to be tried again. Time is handed in. For one
 * thread.
 */
public final class Reconciler implements AutoCloseable {
    /** Looks, then what they showed, then nothing: three would do if no step ever failed. */
    private static final int MOST_ROUNDS = 16;
    /** Going back to one of the two former contents of a sealed map is one batch. */
    public static final int DEFAULT_KEEP_GENERATIONS = 2;

    /** Mending may go on so long before something else has its turn. */
    private static final long MEND_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Kernel kernel;
    private final Executor executor;
    private final Planner planner;
    private Actual actual;
    /** All maps but those in failedMaps are as this says. */
    private Desired settled = Desired.NOTHING;
    private Holders holders = Holders.NONE;
    /** False until a desired state was handed in, and so until something may be removed. */
    private boolean begun;
    private final FailedMaps failedMaps = new FailedMaps();
    /** Maps of which something is perhaps no longer wanted. */
    private final SortedSet<Long> toRelease = new TreeSet<>();
    private final ExpressionWatch expressions = new ExpressionWatch();
    private final Inspector inspector;
    private final DriftGuard guard;

    /** Empty where nobody looks whether the pins are still there. */
    private Optional<PinRoot> pinRoot = Optional.empty();

    /**
     * Finds what an agent before left below a pin root, and changes nothing.
     *
     * @throws KernelException what the kernel said to looking at the pins
     */
    public Reconciler(Kernel kernel, Path pinRoot) throws KernelException {
        this(kernel, pinRoot, DEFAULT_KEEP_GENERATIONS, DriftOptions.DEFAULT);
    }

    /**
     * As {@link #Reconciler(Kernel, Path)}.
     *
     * @param keepGenerations how many generations of a map that is published sealed stay beside the one in use
     * @param drift how {@link #inspect} looks for what others changed
     */
    public Reconciler(Kernel kernel, Path pinRoot, int keepGenerations, DriftOptions drift)
            throws KernelException {
        this(kernel, pinRoot, keepGenerations, drift, Witness.NOBODY);
    }

    /** As {@link #Reconciler(Kernel, Path, int, DriftOptions)}, with somebody who looks on. */
    public Reconciler(Kernel kernel, Path pinRoot, int keepGenerations, DriftOptions drift,
            Witness witness)
            throws KernelException {
        this.kernel = kernel;
        PinPaths paths = new PinPaths(pinRoot);
        this.executor = new Executor(kernel, paths, witness);
        this.planner = new Planner(paths, keepGenerations);
        this.actual = executor.begin();
        DriftLedger ledger = new DriftLedger();
        this.inspector = executor.inspector(drift, ledger);
        this.guard = new DriftGuard(drift, ledger, paths);
    }

    /** From now on it is noticed where the directory of the pins goes and comes back. Before the first {@link #advance}. */
    public void watch(PinRoot root) {
        pinRoot = Optional.of(root);
    }

    /**
     * Says what an agent before kept of what it received: of elements of shared maps that the store no longer wants, it tells
     * which were ours. Before the first {@link #advance}.
     */
    public void remember(Desired before) {
        executor.claims().remember(before);
    }

    /** Works until every map is as desired or is to be tried later. Removes nothing that an older revision wanted. */
    public Progress advance(Desired desired, long nowNanos) {
        KnownNumbers numbers = new KnownNumbers(kernel);
        SortedSet<Long> due = desired.changedSince(settled);
        due.removeIf(id -> desired.map(id) != null && failedMaps.isToWait(id, nowNanos));
        holders = holders.advance(settled, desired);
        failedMaps.addDue(due, settled, expressions.takeHostChange(), nowNanos);
        expressions.addOutdated(due, actual, numbers, nowNanos);
        if (pinRoot.isPresent() && pinRoot.get().cameBack(nowNanos)) {
            // All that is held is pinned again.
            actual = actual.withoutPins();
            desired.maps().forEach(entry -> due.add(entry.value().id()));
        }
        failedMaps.addWaiting(due);
        work(desired, Planner.widened(settled, desired, holders, due), numbers, nowNanos);
        settled = desired;
        begun = true;
        expressions.asked(numbers.known(), failedMaps.isEmpty());
        guard.settle(settled, actual);
        return progress();
    }

    /**
     * Looks for what others changed, for some milliseconds at most, and mends what may be mended now. Before the first
     * {@link #advance} it does nothing.
     *
     * @return whether something was found or mended, so that there is something to report
     */
    public Inspection inspect(long nowNanos) {
        if (!begun || lostPins().isPresent()) {
            return Inspection.NOTHING;
        }
        Findings findings = inspector.run(actual, nowNanos);
        actual = findings.actual();
        guard.found(findings, nowNanos);
        boolean mended = mend(nowNanos);
        guard.settle(settled, actual);
        if (findings.hasNews() || mended) {
            return Inspection.NEWS;
        }
        return findings.hasCounted() ? Inspection.COUNTED : Inspection.NOTHING;
    }

    /** Mends what may be mended now; false where that is nothing. */
    private boolean mend(long nowNanos) {
        KnownNumbers numbers = new KnownNumbers(kernel);
        long firstNanos = System.nanoTime();
        SortedSet<Long> some = guard.take(nowNanos);
        boolean any = !some.isEmpty();
        while (!some.isEmpty()) {
            long beganNanos = System.nanoTime();
            SortedSet<Long> due = new TreeSet<>(some);
            failedMaps.addWaiting(due);
            work(settled, Planner.widened(settled, settled, holders, due), numbers, nowNanos);
            long endedNanos = System.nanoTime();
            guard.took(some, endedNanos - beganNanos, nowNanos);
            some = endedNanos - firstNanos < MEND_NANOS
                    ? guard.take(nowNanos)
                    : Collections.emptySortedSet();
        }
        return any;
    }

    /** When to come to {@link #inspect} next; empty before the first {@link #advance}, and while there are no pins. */
    public OptionalLong inspectionDueNanos(long nowNanos) {
        if (!begun || lostPins().isPresent()) {
            return OptionalLong.empty();
        }
        return Due.earlier(OptionalLong.of(inspector.dueNanos(nowNanos)), guard.dueNanos());
    }

    private Optional<Problem> lostPins() {
        return pinRoot.flatMap(PinRoot::lost);
    }

    private void work(Desired desired, SortedSet<Long> due, HostNumbers numbers,
            long nowNanos) {
        SortedSet<Long> left = new TreeSet<>(due);
        for (long id : due) {
            if (actual.holding(id) instanceof Holding.Replaced) {
                // Which of the two its slots hold is to be read.
                actual = actual.withoutContents(holders.outers(id));
                left.addAll(holders.outers(id));
            }
        }
        // Before the first system call: whatever becomes of it, these elements are ours.
        left.forEach(id -> executor.claims().add(desired.map(id), id));
        for (int round = 0; !left.isEmpty(); round++) {
            Plan plan = planner.plan(desired, holders, actual, left,
                    failedMaps.ids(), numbers);
            if (round == MOST_ROUNDS) {
                left.forEach(id -> failed(id,
                        new Problem(0, "the kernel does not keep what it confirmed:\n" + plan,
                                Retry.SLOWLY),
                        nowNanos));
                return;
            }
            if (plan.steps().isEmpty()) {
                left.forEach(id -> settle(id, plan, nowNanos));
                return;
            }
            Executor.Outcome outcome = executor.run(plan, actual, lostPins());
            actual = outcome.actual();
            plan.expected().keySet().forEach(id -> expressions.note(id, actual, nowNanos));
            outcome.failures().forEach((id, problem) -> failed(id, problem, nowNanos));
            left.removeAll(outcome.failures().keySet());
        }
    }

    /** Removes what no revision wants any more, after the last {@link #advance}. Programs and slots keep what they use. */
    public Progress release(long nowNanos) {
        if (!begun) {
            return progress();
        }
        executor.sweep(settled);
        List<Step> steps = planner.releases(settled, actual, toRelease);
        toRelease.clear();
        if (steps.isEmpty()) {
            return progress();
        }
        Executor.Outcome outcome = executor.run(new Plan(steps, new TreeMap<>(), new TreeMap<>()),
                actual, lostPins());
        actual = outcome.actual();
        steps.forEach(step -> expressions.note(step.mapId(), actual, nowNanos));
        outcome.failures().forEach((id, problem) -> {
            toRelease.add(id);
            failed(id, problem.retried(Retry.SLOWLY), nowNanos);
        });
        return progress();
    }

    /**
     * Interfaces, programs or cgroups of this host may be others than before: what depends on them is looked at in the next
     * {@link #advance}, and not only when it is time.
     */
    public void hostChanged(long nowNanos) {
        expressions.hostChanged(nowNanos);
    }

    /** The pins of programs and the cgroups on which values depend, or did. */
    public Set<Path> hostPaths() {
        return expressions.hostPaths();
    }

    /** When to come again though nothing new is desired; empty: never. */
    public OptionalLong dueNanos() {
        OptionalLong next = Due.earlier(failedMaps.dueNanos(), expressions.dueNanos());
        return pinRoot.isPresent()
                ? Due.earlier(next, OptionalLong.of(pinRoot.get().dueNanos()))
                : next;
    }

    /** Closes all maps and leaves them and their pins as they are. */
    @Override
    public void close() {
        executor.close();
    }

    private void settle(long id, Plan plan, long nowNanos) {
        Problem problem = plan.problems().get(id);
        if (problem != null) {
            failed(id, problem, nowNanos);
        } else {
            failedMaps.settled(id);
            executor.claims().settle(id);
        }
        // An expression may have found its value without a step.
        Contents contents = plan.expected().get(id);
        Held held = actual.held(id);
        if (contents != null && held != null) {
            actual = actual.with(id, held.withContents(Optional.of(contents)));
        }
        expressions.note(id, actual, nowNanos);
        toRelease.add(id);
    }

    private void failed(long id, Problem problem, long nowNanos) {
        failedMaps.failed(id, problem, settled.map(id) == null ? 0 : settled.revision(), nowNanos);
        guard.stuck(id, problem);
    }

    /** How it stands. */
    public Progress progress() {
        List<Condition> conditions = new ArrayList<>();
        failedMaps.addConditions(settled, conditions);
        for (long id : guard.openMaps()) {
            if (!failedMaps.contains(id) && lostPins().isEmpty()) {
                guard.condition(id, settled.revision()).ifPresent(conditions::add);
            }
        }
        lostPins().ifPresentOrElse(problem -> failedMaps.addOthers(actual, problem, conditions),
                () -> inspector.addConditions(actual, settled.revision(), conditions));
        conditions.sort(Comparator.comparingLong(Condition::mapId));
        return new Progress(settled.revision(), conditions, actual.holdings(), guard.report(),
                guard.readsElements());
    }
}
