package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Held;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** The maps with elements that depend on this host's interfaces, programs and cgroups: each second it is seen whether these are the same. For one thread. */
final class ExpressionWatch {
    private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SortedSet<Long> maps = new TreeSet<>();
    private long dueNanos;

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

    /** When to look next; empty: never. */
    OptionalLong dueNanos() {
        return maps.isEmpty() ? OptionalLong.empty() : OptionalLong.of(dueNanos);
    }
}
