package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.model.map.NodeExpression;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** The maps with elements that depend on this host's interfaces, programs and cgroups: each second it is seen whether these are the same. For one thread. */
final class ExpressionWatch {
    /** Of more, changes are found by asking now and then. */
    private static final int MOST_PATHS = 4096;
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SortedSet<Long> maps = new TreeSet<>();
    private long dueNanos;
    /** Those that were looked up, whether they are there or not. */
    private Set<Path> hostPaths = Set.of();
    /** True from a change of the host to the next cycle. */
    private boolean hostChanged;

    /** Looks what a map holds now. */
    void note(long id, Actual actual, long nowNanos) {
        Held held = actual.held(id);
        if (held == null || held.contents()
                .filter(contents -> contents.resolved().isEmpty())
                .isPresent()) {
            maps.remove(id);
        } else if (held.contents().isPresent()) {
            if (maps.isEmpty()) {
                dueNanos = nowNanos + EVERY_NANOS;
            }
            maps.add(id);
        }
    }

    /** Where it is time to look, adds the maps with values that mean something else by now. */
    void addOutdated(SortedSet<Long> due, Actual actual, HostNumbers numbers, long nowNanos) {
        if (maps.isEmpty() || dueNanos - nowNanos > 0) {
            return;
        }
        dueNanos = nowNanos + EVERY_NANOS;
        for (long id : maps) {
            Held held = actual.held(id);
            if (held != null && held.contents()
                    .filter(contents -> Expressions.areOutdated(contents, numbers))
                    .isPresent()) {
                due.add(id);
            }
        }
    }

    /** Interfaces, programs or cgroups of this host may be others than before: it is time to look. */
    void hostChanged(long nowNanos) {
        hostChanged = true;
        if (!maps.isEmpty()) {
            dueNanos = nowNanos;
        }
    }

    /** True once after each change of the host. */
    boolean takeHostChange() {
        boolean taken = hostChanged;
        hostChanged = false;
        return taken;
    }

    /** The pins of programs and the cgroups on which values depend, or did. */
    Set<Path> hostPaths() {
        return hostPaths;
    }

    /** Learns what was asked of the host. */
    void asked(Set<NodeExpression.Term> asked, boolean allIsWell) {
        if (maps.isEmpty() && allIsWell) {
            hostPaths = Set.of();
            return;
        }
        Set<Path> paths = new HashSet<>(hostPaths);
        for (NodeExpression.Term term : asked) {
            switch (term) {
                case NodeExpression.Program(String path) -> paths.add(Path.of(path));
                case NodeExpression.Cgroup(String path) -> paths.add(Path.of(path));
                case NodeExpression.Ifindex _,NodeExpression.PossibleCpus _,NodeExpression.QueueSize _ -> {
                    // No files.
                }
            }
        }
        if (paths.size() > hostPaths.size() && paths.size() <= MOST_PATHS) {
            hostPaths = Set.copyOf(paths);
        }
    }

    /** When to look next; empty: never. */
    OptionalLong dueNanos() {
        return maps.isEmpty() ? OptionalLong.empty() : OptionalLong.of(dueNanos);
    }
}
