package dev.nestmap.client;

import java.time.Duration;
import java.util.List;

/**
 * Whom a client talks to, and how long it tries.
 *
 * @param targets members as host:port, at least one; without a port, 7480 is meant
 * @param namespace where names without a namespace are looked up
 * @param timeout how long one call may take, all its attempts included
 * @param attemptTimeout how long one attempt may take, so that a silent member does not use up {@code timeout}
 * @param patience how long the first call goes on while no member can be connected to; a client that has ever had an
 *     answer uses the whole {@code timeout}
 * @param maxMessageBytes the largest message sent or taken. An answer above it is lost: below 4 MiB that may be one to a
 *     transaction that takes values, which was done then ({@link NestmapException.Kind#OUTCOME_UNKNOWN})
 * @param maxCalls so many calls may be under way at once; more end at once with {@link NestmapException.Kind#OVERLOADED}, sent
 *     nowhere. Who makes asynchronous calls in a loop should wait for some before making more
 */
public record ClientOptions(
        List<String> targets,
        String namespace,
        Duration timeout,
        Duration attemptTimeout,
        Duration patience,
        int maxMessageBytes,
        int maxCalls) {
    /** Where clients of this version look for a server. */
    public static final int DEFAULT_PORT = 7480;

    private static final ClientOptions DEFAULTS = new ClientOptions(
            List.of("127.0.0.1:" + DEFAULT_PORT), "default",
            Duration.ofSeconds(10), Duration.ofSeconds(3), Duration.ofSeconds(2), 32 << 20,
            65_536);

    /** Checks the values and completes targets that have no port. */
    public ClientOptions {
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("targets: at least one host:port is needed");
        }
        targets = targets.stream().map(Target::complete).distinct().toList();
        requirePositive("timeout", timeout);
        requirePositive("attemptTimeout", attemptTimeout);
        if (patience.isNegative()) {
            throw new IllegalArgumentException("patience: %s is negative".formatted(patience));
        }
        if (maxMessageBytes <= 0) {
            throw new IllegalArgumentException(
                    "maxMessageBytes: %d must be positive".formatted(maxMessageBytes));
        }
        if (maxCalls <= 0) {
            throw new IllegalArgumentException(
                    "maxCalls: %d must be positive".formatted(maxCalls));
        }
    }

    /** One server on this host, namespace {@code default}, 10 seconds for a call, messages up to 32 MiB, 65,536 calls at once. */
    public static ClientOptions defaults() {
        return DEFAULTS;
    }

    /** With other members. */
    public ClientOptions withTargets(String... newTargets) {
        return withTargets(List.of(newTargets));
    }

    /** With other members. */
    public ClientOptions withTargets(List<String> newTargets) {
        return new ClientOptions(newTargets, namespace, timeout, attemptTimeout, patience,
                maxMessageBytes, maxCalls);
    }

    /** With another namespace. */
    public ClientOptions withNamespace(String newNamespace) {
        return new ClientOptions(targets, newNamespace, timeout, attemptTimeout, patience,
                maxMessageBytes, maxCalls);
    }

    /** With another time for a whole call. */
    public ClientOptions withTimeout(Duration newTimeout) {
        return new ClientOptions(targets, namespace, newTimeout, attemptTimeout, patience,
                maxMessageBytes, maxCalls);
    }

    /** With another time for one attempt. */
    public ClientOptions withAttemptTimeout(Duration newAttemptTimeout) {
        return new ClientOptions(targets, namespace, timeout, newAttemptTimeout, patience,
                maxMessageBytes, maxCalls);
    }

    /** With another time for first contact; zero: one attempt for each member. */
    public ClientOptions withPatience(Duration newPatience) {
        return new ClientOptions(targets, namespace, timeout, attemptTimeout, newPatience,
                maxMessageBytes, maxCalls);
    }

    /** With another limit for messages. */
    public ClientOptions withMaxMessageBytes(int newMaxMessageBytes) {
        return new ClientOptions(targets, namespace, timeout, attemptTimeout, patience,
                newMaxMessageBytes, maxCalls);
    }

    /** With another limit for calls that are under way at once. */
    public ClientOptions withMaxCalls(int newMaxCalls) {
        return new ClientOptions(targets, namespace, timeout, attemptTimeout, patience,
                maxMessageBytes, newMaxCalls);
    }

    private static void requirePositive(String what, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(
                    "%s: %s must be longer than nothing".formatted(what, duration));
        }
    }
}
