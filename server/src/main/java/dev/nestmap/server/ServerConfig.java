package dev.nestmap.server;

import dev.nestmap.server.consensus.MemberConfig.Peer;
import java.nio.file.Path;
import java.util.List;

/**
 * How to run one member.
 *
 * @param memberId its name among the members
 * @param dataDirectory created where absent; held by one process at a time
 * @param listen host:port for clients and agents; port 0 takes a free one
 * @param raftAddress host:port for the other members; empty for a single member
 * @param peers all initial members, this one included; empty for a single member
 */
public record ServerConfig(
        String memberId,
        Path dataDirectory,
        String listen,
        String raftAddress,
        List<Peer> peers) {
    /** Copies the list. */
    public ServerConfig {
        peers = List.copyOf(peers);
    }
}
