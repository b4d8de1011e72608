package dev.nestmap.agent.drift;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/*
 * Somebody who writes against the agent would otherwise win by its own means: each mending of a slot is a grace period, and each
 * wakes the report. A map is mended at once three times; when it drifts again, after 1, 2, 4 ... 300 seconds. Who leaves it alone for
 * four times that long, and for a minute, starts over. A map also rests twenty times as long as its own mending took, so that a large
 * one takes at most a twentieth of a CPU, and no other map waits for that.
 *
 * Very many maps that drift would take a twentieth each. So there is one account for all of them: it holds five seconds of mending at
 * most, and gains a twentieth of the time that passes. A map is mended when the account holds what its last mending took (all of it,
 * if that was more). So within any time t, mending takes no more than t / 20 + 5 s, and beyond that what the first mending of a map
 * took longer than was left; a small map is not held up by a large one that waits for its share.
 */
/** Says when a map may be mended. For one thread; time is handed in. */
public final class MendPace {
    private static final int AT_ONCE = 3;
    private static final int MOST_DOUBLINGS = 9;
    private static final int REST = 20;
    private static final long MOST_ACCOUNT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(300);
    private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final int QUIET_FACTOR = 4;

    /** How often a map was mended in a row, when last, and how long that took. */
    private record Past(int mends, long lastNanos, long tookNanos) {
        long dueNanos() {
            return lastNanos + Math.max(delayNanos(mends), REST * tookNanos);
        }
    }

    private final Map<Long, Past> pasts = new HashMap<>();
    /** When those that drift are due. */
    private final SortedMap<Long, Long> waiting = new TreeMap<>();
    /** Those of them that drifted too often. */
    private final Set<Long> heldBack = new HashSet<>();
    /** What the account held; negative where a mending took longer than was left. */
    private long accountNanos = MOST_ACCOUNT_NANOS;
    /** When that was; nothing is gained where it holds all that it can. */
    private long accountedNanos;

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
        long due = past.dueNanos();
        waiting.put(mapId, due - nowNanos > 0 ? due : nowNanos);
        boolean tooOften = past.lastNanos() + delayNanos(past.mends()) - nowNanos > 0;
        if (tooOften) {
            heldBack.add(mapId);
        }
        return tooOften;
    }

    /**
     * Whoever made a map pinned another one in its place, which is nobody's fight: it is taken up as soon as its share of the time
     * allows, however often that comes.
     */
    public void exchanged(long mapId, long nowNanos) {
        Past past = pasts.get(mapId);
        long due = past == null ? nowNanos : past.lastNanos() + REST * past.tookNanos();
        waiting.put(mapId, due - nowNanos > 0 ? due : nowNanos);
        heldBack.remove(mapId);
    }

    /** True for a map that waits because it drifted too often, and not only for its share of the time. */
    public boolean isHeldBack(long mapId) {
        return heldBack.contains(mapId);
    }

    /** The map that may be mended now, the one that waits longest; it is taken for mended. Empty where none may be. */
    public OptionalLong take(long nowNanos) {
        pasts.values().removeIf(past -> isOver(past, nowNanos));
        OptionalLong first = OptionalLong.empty();
        long firstNanos = 0;
        for (Map.Entry<Long, Long> entry : waiting.entrySet()) {
            long at = entry.getValue();
            if (readyNanos(entry.getKey(), at) - nowNanos <= 0
                    && (first.isEmpty() || at - firstNanos < 0)) {
                first = OptionalLong.of(entry.getKey());
                firstNanos = at;
            }
        }
        first.ifPresent(id -> take(id, nowNanos));
        return first;
    }

    /** Takes one more map that is to be mended together with others; false where it does not wait, or has to. */
    public boolean takeWithOthers(long mapId, long nowNanos) {
        Long at = waiting.get(mapId);
        if (at == null || at - nowNanos > 0) {
            return false;
        }
        take(mapId, nowNanos);
        return true;
    }

    private void take(long mapId, long nowNanos) {
        mended(mapId);
        pasts.merge(mapId, new Past(1, nowNanos, 0),
                (past, _) -> new Past(past.mends() + 1, nowNanos, past.tookNanos()));
    }

    /** How long mending a map took that ended now. */
    public void took(long mapId, long nanos, long nowNanos) {
        accountNanos = Math.min(MOST_ACCOUNT_NANOS,
                accountNanos + Math.max(0, nowNanos - accountedNanos) / REST) - nanos;
        accountedNanos = nowNanos;
        pasts.computeIfPresent(mapId,
                (_, past) -> new Past(past.mends(), past.lastNanos(), nanos));
    }

    /** When a map that waits until some moment is ready: then, or when the account holds what it takes. */
    private long readyNanos(long mapId, long atNanos) {
        Past past = pasts.get(mapId);
        long price = Math.clamp(past == null ? 0 : past.tookNanos(), 1, MOST_ACCOUNT_NANOS);
        long affordable = accountedNanos + Math.max(0, price - accountNanos) * REST;
        return price > accountNanos && affordable - atNanos > 0 ? affordable : atNanos;
    }

    /** A map has nothing left to mend. */
    public void mended(long mapId) {
        waiting.remove(mapId);
        heldBack.remove(mapId);
    }

    /** A map is not wanted any more. */
    public void forget(long mapId) {
        mended(mapId);
        pasts.remove(mapId);
    }

    /** When the next map may be mended; empty where none waits. */
    public OptionalLong dueNanos() {
        return waiting.entrySet()
                .stream()
                .mapToLong(entry -> readyNanos(entry.getKey(), entry.getValue()))
                .reduce((one, another) -> one - another < 0 ? one : another);
    }

    /** When a map that waits may be mended; empty where it does not wait. */
    public OptionalLong dueNanos(long mapId) {
        Long at = waiting.get(mapId);
        return at == null ? OptionalLong.empty() : OptionalLong.of(readyNanos(mapId, at));
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
