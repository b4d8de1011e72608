package dev.nestmap.agent.drift;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/*
 * Somebody who writes against the agent would otherwise win by its own means: each mending of a slot is a grace period, and each
 * wakes the report. A map is mended at once three times; when it drifts again, after 1, 2, 4 ... 300 seconds. Who leaves it alone for
 * four times that long, and for a minute, starts over. Beside that, mending takes at most a twentieth of the time of the one thread
 * that works on the kernel, however many maps drift.
 */
/** Says when a map may be mended. For one thread; time is handed in. */
public final class MendPace {
    private static final int AT_ONCE = 3;
    private static final int MOST_DOUBLINGS = 9;
    private static final int REST = 20;
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(300);
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int QUIET_FACTOR = 4;

    /** How often a map was mended in a row, and when last. */
    private record Past(int mends, long lastNanos) {}

    private final Map<Long, Past> pasts = new HashMap<>();
    /** When those that drift are due. */
    private final SortedMap<Long, Long> waiting = new TreeMap<>();
    private long restUntilNanos;
    private boolean resting;

    /** Nothing was mended so far. */
    public MendPace() {}

    /** A map drifts; does nothing where it waits already. True where it has to wait because it drifted too often. */
    public boolean drifted(long mapId, long nowNanos) {
        if (waiting.containsKey(mapId)) {
            return false;
        }
        Past past = pasts.get(mapId);
        if (past == null || isOver(past, nowNanos)) {
            pasts.remove(mapId);
            waiting.put(mapId, nowNanos);
            return false;
        }
        long due = past.lastNanos() + delayNanos(past.mends());
        waiting.put(mapId, due - nowNanos > 0 ? due : nowNanos);
        return due - nowNanos > 0;
    }

    /** The maps that may be mended now; they are taken for mended. */
    public SortedSet<Long> take(long nowNanos) {
        SortedSet<Long> due = new TreeSet<>();
        if (resting && restUntilNanos - nowNanos > 0) {
            return due;
        }
        resting = false;
        pasts.values().removeIf(past -> isOver(past, nowNanos));
        waiting.forEach((id, atNanos) -> {
            if (atNanos - nowNanos <= 0) {
                due.add(id);
            }
        });
        for (long id : due) {
            waiting.remove(id);
            pasts.merge(id, new Past(1, nowNanos),
                    (past, _) -> new Past(past.mends() + 1, nowNanos));
        }
        return due;
    }

    /** How long mending took that ended now. */
    public void took(long nanos, long nowNanos) {
        resting = true;
        restUntilNanos = nowNanos + REST * nanos;
    }

    /** A map has nothing left to mend. */
    public void mended(long mapId) {
        waiting.remove(mapId);
    }

    /** A map is not wanted any more. */
    public void forget(long mapId) {
        waiting.remove(mapId);
        pasts.remove(mapId);
    }

    /** When the next map may be mended; empty where none waits. */
    public OptionalLong dueNanos() {
        OptionalLong first = waiting.values()
                .stream()
                .mapToLong(Long::longValue)
                .reduce((a, b) -> a - b < 0 ? a : b);
        return first.isPresent() && resting && restUntilNanos - first.getAsLong() > 0
                ? OptionalLong.of(restUntilNanos)
                : first;
    }

    /** When a map that waits may be mended; empty where it does not wait. */
    public OptionalLong dueNanos(long mapId) {
        Long due = waiting.get(mapId);
        return due == null ? OptionalLong.empty() : OptionalLong.of(due);
    }

    private static boolean isOver(Past past, long nowNanos) {
        return nowNanos - past.lastNanos() > Math.max(QUIET_NANOS,
                QUIET_FACTOR * delayNanos(past.mends()));
    }

    private static long delayNanos(int mends) {
        return mends < AT_ONCE
                ? 0
                : Math.min(MOST_NANOS, FIRST_NANOS << Math.min(mends - AT_ONCE, MOST_DOUBLINGS));
    }
}
