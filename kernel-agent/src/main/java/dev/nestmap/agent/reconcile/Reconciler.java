package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Holding.Contents;
import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.map.NodeExpression;
import dev.nestmap.model.tree.Entry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
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
    private static final long EXPRESSIONS_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Of more, changes are found by asking now and then. */
    private static final int MOST_PATHS = 4096;
    /** Looks, then what they showed, then nothing: three would do if no step ever failed. */
    private static final int MOST_ROUNDS = 16;
    /** Going back to one of the two former contents of a sealed map is one batch. */
    public static final int DEFAULT_KEEP_GENERATIONS = 2;

    private final Kernel kernel;
    private final Executor executor;
    private final Planner planner;
    private Actual actual;
    /** All maps but those in failedMaps are as this says. */
    private Desired settled = Desired.NOTHING;
    private Holders holders = Holders.NONE;
    /** False until a desired state was handed in, and so until something may be removed. */
    private boolean begun;
    private final SortedMap<Long, FailedMap> failedMaps = new TreeMap<>();
    /** Maps of which something is perhaps no longer wanted. */
    private final SortedSet<Long> toRelease = new TreeSet<>();
    /** Maps with elements that depend on this host's interfaces, programs and cgroups. */
    private final SortedSet<Long> withExpressions = new TreeSet<>();
    private long expressionsDueNanos;
    /** Those that were looked up, whether they are there or not. */
    private Set<Path> hostPaths = Set.of();
    /** True from a change of the host to the next cycle. */
    private boolean hostChanged;
    /** Empty where nobody looks whether the pins are still there. */
    private Optional<PinRoot> pinRoot = Optional.empty();

    /**
     * Finds what an agent before left below a pin root, and changes nothing.
     *
     * @throws KernelException what the kernel said to looking at the pins
     */
    public Reconciler(Kernel kernel, Path pinRoot) throws KernelException {
        this(kernel, pinRoot, DEFAULT_KEEP_GENERATIONS);
    }

    /**
     * As {@link #Reconciler(Kernel, Path)}.
     *
     * @param keepGenerations how many generations of a map that is published sealed stay beside the one in use
     */
    public Reconciler(Kernel kernel, Path pinRoot, int keepGenerations) throws KernelException {
        this(kernel, pinRoot, keepGenerations, Witness.NOBODY);
    }

    /** As {@link #Reconciler(Kernel, Path, int)}, with somebody who looks on. */
    public Reconciler(Kernel kernel, Path pinRoot, int keepGenerations, Witness witness)
            throws KernelException {
        this.kernel = kernel;
        PinPaths paths = new PinPaths(pinRoot);
        this.executor = new Executor(kernel, paths, witness);
        this.planner = new Planner(paths, keepGenerations);
        this.actual = executor.begin();
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
        due.removeIf(id -> isToWait(desired, id, nowNanos));
        holders = holders.advance(settled, desired);
        failedMaps.forEach((id, failed) -> {
            if (failed.isDue(nowNanos) || (hostChanged && failed.timed() && dependsOnHost(id))) {
                due.add(id);
            }
        });
        hostChanged = false;
        addExpressions(due, numbers, nowNanos);
        if (pinRoot.isPresent() && pinRoot.get().cameBack(nowNanos)) {
            // All that is held is pinned again.
            actual = actual.withoutPins();
            desired.maps().forEach(entry -> due.add(entry.value().id()));
        }
        if (!due.isEmpty()) {
            failedMaps.forEach((id, failed) -> {
                if (failed.problem().retry() == Retry.WITH_OTHERS) {
                    due.add(id);
                }
            });
        }
        work(desired, Planner.widened(settled, desired, holders, due), numbers, nowNanos);
        settled = desired;
        begun = true;
        remember(numbers.known());
        return progress();
    }

    private Optional<Problem> lostPins() {
        return pinRoot.flatMap(PinRoot::lost);
    }

    /** A map that failed again and again is tried with what is desired of it then, in its turn. */
    private boolean isToWait(Desired desired, long id, long nowNanos) {
        FailedMap failed = failedMaps.get(id);
        if (failed == null || failed.takesChange(nowNanos) || desired.map(id) == null) {
            return false;
        }
        failedMaps.put(id, failed.withChange());
        return true;
    }

    private void work(Desired desired, SortedSet<Long> due, HostNumbers numbers,
            long nowNanos) {
        SortedSet<Long> left = new TreeSet<>(due);
        // Before the first system call: whatever becomes of it, these elements are ours.
        left.forEach(id -> executor.claims().add(desired.map(id), id));
        for (int round = 0; !left.isEmpty(); round++) {
            Plan plan = planner.plan(desired, holders, actual, left,
                    Collections.unmodifiableSortedSet(new TreeSet<>(failedMaps.keySet())), numbers);
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
            plan.expected().keySet().forEach(id -> noteExpressions(id, nowNanos));
            outcome.failures().forEach((id, problem) -> failed(id, problem, nowNanos));
            left.removeAll(outcome.failures().keySet());
        }
    }

    /** Removes what no revision wants any more, after the last {@link #advance}. Programs and slots keep what they use. */
    public Progress release(long nowNanos) {
        if (!begun) {
            return progress();
        }
        List<Step> steps = planner.releases(settled, actual, toRelease);
        toRelease.clear();
        if (steps.isEmpty()) {
            return progress();
        }
        Executor.Outcome outcome = executor.run(new Plan(steps, new TreeMap<>(), new TreeMap<>()),
                actual, lostPins());
        actual = outcome.actual();
        steps.forEach(step -> noteExpressions(step.mapId(), nowNanos));
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
        hostChanged = true;
        if (!withExpressions.isEmpty()) {
            expressionsDueNanos = nowNanos;
        }
    }

    /** The pins of programs and the cgroups on which values depend, or did. */
    public Set<Path> hostPaths() {
        return hostPaths;
    }

    private void remember(Set<NodeExpression.Term> asked) {
        if (withExpressions.isEmpty() && failedMaps.isEmpty()) {
            hostPaths = Set.of();
            return;
        }
        Set<Path> paths = new HashSet<>(hostPaths);
        for (NodeExpression.Term term : asked) {
            switch (term) {
                case NodeExpression.Program(String path) -> paths.add(Path.of(path));
                case NodeExpression.Cgroup(String path) -> paths.add(Path.of(path));
                case NodeExpression.Ifindex _,NodeExpression.QueueSize _ -> {
                    // No files.
                }
            }
        }
        if (paths.size() > hostPaths.size() && paths.size() <= MOST_PATHS) {
            hostPaths = Set.copyOf(paths);
        }
    }

    private boolean dependsOnHost(long id) {
        DesiredMap map = settled.map(id);
        return map != null && !MapRules.expressions(map.spec().type()).isEmpty();
    }

    /** When to come again though nothing new is desired; empty: never. */
    public OptionalLong dueNanos() {
        OptionalLong next = failedMaps.values()
                .stream()
                .filter(FailedMap::timed)
                .mapToLong(FailedMap::dueNanos)
                .reduce(Reconciler::earlier);
        if (pinRoot.isPresent()) {
            next = earlier(next, pinRoot.get().dueNanos());
        }
        return withExpressions.isEmpty() ? next : earlier(next, expressionsDueNanos);
    }

    private static OptionalLong earlier(OptionalLong one, long another) {
        return OptionalLong.of(one.isPresent() ? earlier(one.getAsLong(), another) : another);
    }

    private static long earlier(long one, long another) {
        return one - another < 0 ? one : another;
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
            failedMaps.remove(id);
            executor.claims().settle(id);
        }
        // An expression may have found its value without a step.
        Contents contents = plan.expected().get(id);
        Held held = actual.held(id);
        if (contents != null && held != null) {
            actual = actual.with(id, held.withContents(Optional.of(contents)));
        }
        noteExpressions(id, nowNanos);
        toRelease.add(id);
    }

    private void failed(long id, Problem problem, long nowNanos) {
        FailedMap before = failedMaps.get(id);
        boolean wasThere = settled.map(id) != null;
        failedMaps.put(id, before == null
                ? FailedMap.first(problem, wasThere ? settled.revision() : 0, nowNanos)
                : before.again(problem, nowNanos));
    }

    private void addExpressions(SortedSet<Long> due, HostNumbers numbers, long nowNanos) {
        if (withExpressions.isEmpty() || expressionsDueNanos - nowNanos > 0) {
            return;
        }
        expressionsDueNanos = nowNanos + EXPRESSIONS_EVERY_NANOS;
        for (long id : withExpressions) {
            Held held = actual.held(id);
            if (held != null && held.contents()
                    .filter(
                            contents -> Expressions.areOutdated(contents, numbers))
                    .isPresent()) {
                due.add(id);
            }
        }
    }

    private void noteExpressions(long id, long nowNanos) {
        Held held = actual.held(id);
        if (held == null || held.contents()
                .filter(contents -> contents.resolved().isEmpty())
                .isPresent()) {
            withExpressions.remove(id);
        } else if (held.contents().isPresent()) {
            if (withExpressions.isEmpty()) {
                expressionsDueNanos = nowNanos + EXPRESSIONS_EVERY_NANOS;
            }
            withExpressions.add(id);
        }
    }

    private Progress progress() {
        List<Condition> conditions = new ArrayList<>();
        failedMaps.forEach((id, failed) -> {
            DesiredMap map = settled.map(id);
            conditions.add(failed.condition(id, map == null ? "" : map.spec().namespace(),
                    map == null ? "" : map.spec().name()));
        });
        lostPins().ifPresent(problem -> {
            for (Entry<Holding> entry : actual.holdings()) {
                if (entry.value() instanceof Held held && !failedMaps.containsKey(held.mapId())) {
                    conditions.add(new Condition(held.mapId(), held.spec().namespace(),
                            held.spec().name(), 0, problem.errno(), problem.message(), true));
                }
            }
        });
        return new Progress(settled.revision(), conditions, actual.holdings());
    }
}
