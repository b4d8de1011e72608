package dev.nestmap.server.consensus;

import java.util.List;
import java.util.Optional;

/**
 * What a member knows of itself and of the others right now.
 *
 * @param clusterId a UUID in text
 * @param leaderId empty while no leader is known
 * @param leaderClientAddress host:port for clients
 * @param serving true where this member leads and has applied everything that was committed before
 * @param revision of the newest applied root
 * @param appliedIndex last log index applied; -1: none
 * @param snapshotIndex last log index in a finished snapshot; -1: none
 */
public record Status(
        String clusterId,
        String memberId,
        long term,
        Optional<String> leaderId,
        Optional<String> leaderClientAddress,
        boolean serving,
        long revision,
        long appliedIndex,
        long snapshotIndex,
        List<MemberConfig.Peer> peers) {}
