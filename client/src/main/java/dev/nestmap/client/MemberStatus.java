package dev.nestmap.client;

import java.util.List;

/**
 * A member of the store as it sees itself and the others.
 *
 * @param members all voting members
 * @param leaderId empty while there is none
 * @param serving this member leads and serves
 * @param appliedIndex last log index applied to the state
 * @param snapshotIndex last log index in a snapshot
 * @param maps maps held
 * @param elements elements held, over all maps
 * @param followers agents that follow this member
 * @param version of the program
 */
public record MemberStatus(
        List<Member> members,
        String leaderId,
        boolean serving,
        long appliedIndex,
        long snapshotIndex,
        long maps,
        long elements,
        int followers,
        String version) {
    /** Copies the list. */
    public MemberStatus {
        members = List.copyOf(members);
    }

    /**
     * A voting member.
     *
     * @param raftAddress host:port between members
     * @param clientAddress host:port for clients; empty where not known
     */
    public record Member(String id, String raftAddress, String clientAddress) {}
}
