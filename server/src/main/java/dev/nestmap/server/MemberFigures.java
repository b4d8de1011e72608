package dev.nestmap.server;

/**
 * How a member of the store stands, in figures of one moment.
 *
 * @param serving it leads and takes writes
 * @param leaderKnown there is a leader, this member or another
 * @param revision the newest that this member has applied
 * @param appliedIndex the last entry of the log that it has applied
 * @param snapshotIndex the entry of its newest snapshot; 0: there is none
 * @param members members of the store
 * @param agents agents that follow this member now
 */
public record MemberFigures(
        boolean serving,
        boolean leaderKnown,
        long revision,
        long appliedIndex,
        long snapshotIndex,
        int members,
        long maps,
        long elements,
        long agents) {}
