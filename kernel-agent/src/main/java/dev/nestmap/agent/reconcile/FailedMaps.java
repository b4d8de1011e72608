package dev.nestmap.agent.reconcile;

import dev.nestmap.agent.reconcile.Holding.Held;
import dev.nestmap.agent.reconcile.Problem.Retry;
import dev.nestmap.model.map.MapRules;
import dev.nestmap.model.tree.Entry;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The maps that are not as desired because a plan for them failed, and when each is tried again. For one thread. */
final class FailedMaps {
    private final SortedMap<Long, FailedMap> maps = new TreeMap<>();

    boolean contains(long id) {
        return maps.containsKey(id);
    }

    /** As of now. */
    SortedSet<Long> ids() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(maps.keySet()));
    }

    void failed(long id, Problem problem, long appliedRevision, long nowNanos) {
        FailedMap before = maps.get(id);
        maps.put(id, before == null
                ? FailedMap.first(problem, appliedRevision, nowNanos)
                : before.again(problem, nowNanos));
    }

    void settled(long id) {
        maps.remove(id);
    }

    /** True for a map that failed again and again: it is tried with what is desired of it then, in its turn. */
    boolean isToWait(long id, long nowNanos) {
        FailedMap failed = maps.get(id);
        if (failed == null || failed.takesChange(nowNanos)) {
            return false;
        }
        maps.put(id, failed.withChange());
        return true;
    }

    boolean isEmpty() {
        return maps.isEmpty();
    }

    /** Adds those whose time has come, and those for which a change of the host may have brought it. */
    void addDue(SortedSet<Long> due, Desired desired, boolean hostChanged, long nowNanos) {
        maps.forEach((id, failed) -> {
            if (failed.isDue(nowNanos)
                    || (hostChanged && failed.timed() && dependsOnHost(desired.map(id)))) {
                due.add(id);
            }
        });
    }

    private static boolean dependsOnHost(@Nullable DesiredMap map) {
        return map != null && !MapRules.expressions(map.spec()).isEmpty();
    }

    /** Where anything is done, adds those that wait for other maps. */
    void addWaiting(SortedSet<Long> due) {
        if (!due.isEmpty()) {
            maps.forEach((id, failed) -> {
                if (failed.problem().retry() == Retry.WITH_OTHERS) {
                    due.add(id);
                }
            });
        }
    }

    /** When the first of them is to be tried again; empty: none by itself. */
    OptionalLong dueNanos() {
        return maps.values()
                .stream()
                .filter(FailedMap::timed)
                .mapToLong(FailedMap::dueNanos)
                .reduce((one, another) -> one - another < 0 ? one : another);
    }

    /** Adds a problem of all maps that are held and of which none is known. */
    void addOthers(Actual actual, Problem problem, List<Condition> conditions) {
        for (Entry<Holding> entry : actual.holdings()) {
            if (entry.value() instanceof Held held && !contains(held.mapId())) {
                conditions.add(new Condition(held.mapId(), held.spec().namespace(),
                        held.spec().name(), 0, problem.errno(), problem.message(), true));
            }
        }
    }

    void addConditions(Desired desired, List<Condition> conditions) {
        maps.forEach((id, failed) -> {
            DesiredMap map = desired.map(id);
            conditions.add(failed.condition(id, map == null ? "" : map.spec().namespace(),
                    map == null ? "" : map.spec().name()));
        });
    }
}
