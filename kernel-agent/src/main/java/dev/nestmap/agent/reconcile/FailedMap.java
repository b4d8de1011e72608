package dev.nestmap.agent.reconcile;

import java.util.concurrent.TimeUnit;

/**
 * A map with a problem.
 *
 * @param appliedRevision the last revision at which it was as desired; 0: never
 * @param attempts how often the same was tried in vain
 * @param dueNanos when to try again, by the clock of the reconciler
 */
record FailedMap(Problem problem, long appliedRevision, int attempts, long dueNanos) {
    private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int MOST_DOUBLINGS = 9;

    static FailedMap first(Problem problem, long appliedRevision, long nowNanos) {
        return new FailedMap(problem, appliedRevision, 1, nowNanos + delayNanos(problem, 1));
    }

    FailedMap again(Problem newProblem, long nowNanos) {
        return new FailedMap(newProblem, appliedRevision, attempts + 1,
                nowNanos + delayNanos(newProblem, attempts + 1));
    }

    /** True where trying again helps only then. */
    boolean isTimed() {
        return switch (problem.retry()) {
            case SOON, SLOWLY -> true;
            case WITH_OTHERS, NEVER -> false;
        };
    }

    boolean isDue(long nowNanos) {
        return isTimed() && dueNanos - nowNanos <= 0;
    }

    Condition condition(long mapId, String namespace, String name) {
        return new Condition(mapId, namespace, name, appliedRevision, problem.errno(),
                problem.message(),
                problem.retry() != Problem.Retry.NEVER);
    }

    private static long delayNanos(Problem problem, int attempts) {
        return switch (problem.retry()) {
            case SOON ->
                Math.min(MOST_NANOS, FIRST_NANOS << Math.min(attempts - 1, MOST_DOUBLINGS));
            case SLOWLY -> SLOW_NANOS;
            case WITH_OTHERS, NEVER -> MOST_NANOS;
        };
    }
}
