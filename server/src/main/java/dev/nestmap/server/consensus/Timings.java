package dev.nestmap.server.consensus;

import java.time.Duration;

/**
 * How long a member waits for what.
 *
 * @param electionMin a follower that hears nothing for a random time from here ...
 * @param electionMax ... to here stands for election; a leader without a majority for this long steps down
 * @param firstElectionMin the same for the first election after a start, ...
 * @param firstElectionMax ... which is short because nobody can have led
 * @param entryDeadline a log entry that is not applied by then is answered with {@link OutcomeUnknownException}
 * @param snapshotInterval a member that applied something takes a snapshot at least this often
 */
public record Timings(
        Duration electionMin,
        Duration electionMax,
        Duration firstElectionMin,
        Duration firstElectionMax,
        Duration entryDeadline,
        Duration snapshotInterval) {
    /** For servers on a local network. */
    public static Timings defaults() {
        return new Timings(Duration.ofMillis(1_000), Duration.ofMillis(2_000),
                Duration.ofMillis(100), Duration.ofMillis(300), Duration.ofSeconds(5),
                Duration.ofMinutes(30));
    }

    /** Checks that every range is one. */
    public Timings {
        if (electionMin.compareTo(electionMax) >= 0
                || firstElectionMin.compareTo(firstElectionMax) >= 0) {
            throw new IllegalArgumentException("an election timeout's minimum is not below its "
                    + "maximum: %s..%s, first %s..%s".formatted(electionMin, electionMax,
                            firstElectionMin, firstElectionMax));
        }
    }
}
