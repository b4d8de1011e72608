package dev.nestmap.agent.reconcile;

import java.util.concurrent.TimeUnit;

/**
 * A map with a problem.
 *
 * @param appliedRevision the last revision at which it was as desired; 0: never
 * @param attempts how often it was tried in vain
 * @param alike how often the last of these attempts failed in the same way: trying again comes later and later
 * @param triedNanos when it was tried last, by the clock of the reconciler
 * @param dueNanos when to try again, by the same clock; where {@code timed}
 * @param timed trying again helps at a time that is known
 */
record FailedMap(
        Problem problem,
        long appliedRevision,
        int attempts,
        int alike,
        long triedNanos,
        long dueNanos,
        boolean timed) {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_DOUBLINGS = 9;
    /** After so many failures one thing more that is desired of the map is no longer a reason to try at once. */
    private static final int HASTY_ATTEMPTS = 3;

    static FailedMap first(Problem problem, long appliedRevision, long nowNanos) {
        return of(problem, appliedRevision, 1, 1, nowNanos);
    }

    FailedMap again(Problem newProblem, long nowNanos) {
        return of(newProblem, appliedRevision, attempts + 1,
                newProblem.retry() == problem.retry() ? alike + 1 : 1, nowNanos);
    }

    private static FailedMap of(Problem problem, long appliedRevision, int attempts, int alike,
            long nowNanos) {
        boolean timed = switch (problem.retry()) {
            case SOON, SLOWLY, ROOM -> true;
            case WITH_OTHERS, NEVER -> false;
        };
        return new FailedMap(problem, appliedRevision, attempts, alike, nowNanos,
                nowNanos + delayNanos(problem, alike), timed);
    }

    boolean isDue(long nowNanos) {
        return timed && dueNanos - nowNanos <= 0;
    }

    /**
     * True where something else that is desired of the map is to be tried at once. A map that fails and changes all the time must
     * not hold up the others: reading it back may cost as much as it is large.
     */
    boolean takesChange(long nowNanos) {
        return changeDueNanos() - nowNanos <= 0;
    }

    /** To be tried again with what is desired by then, within a second. */
    FailedMap withChange() {
        long changeDue = changeDueNanos();
        return new FailedMap(problem, appliedRevision, attempts, alike, triedNanos,
                timed && dueNanos - changeDue < 0 ? dueNanos : changeDue, true);
    }

    private long changeDueNanos() {
        int doublings = attempts - HASTY_ATTEMPTS;
        return doublings < 0
                ? triedNanos
                : triedNanos + Math.min(SLOW_NANOS,
                        FIRST_NANOS << Math.min(doublings, MOST_DOUBLINGS));
    }

    Condition condition(long mapId, String namespace, String name) {
        return new Condition(mapId, namespace, name, appliedRevision, problem.errno(),
                problem.message(),
                problem.retry() != Problem.Retry.NEVER);
    }

    private static long delayNanos(Problem problem, int alike) {
        return switch (problem.retry()) {
            case SOON ->
                Math.min(MOST_NANOS, FIRST_NANOS << Math.min(alike - 1, MOST_DOUBLINGS));
            case SLOWLY, ROOM -> SLOW_NANOS;
            case WITH_OTHERS, NEVER -> MOST_NANOS;
        };
    }
}
