package dev.nestmap.cli.daemon;

import java.nio.file.Path;
import java.util.List;

/**
 * What a member must be told.
 *
 * @param listen host:port for clients; port 0: any free one
 * @param raftAddress host:port for other members; empty where it is the only one
 * @param peers the other members
 */
public record StoreConfig(
        String memberId,
        Path dataDirectory,
        String listen,
        String raftAddress,
        List<StorePeer> peers) {
    /** The member of a store that has no other. */
    static final String ONLY_MEMBER = "n1";

    /** Copies the list. */
    public StoreConfig {
        peers = List.copyOf(peers);
    }

    /** The only member. */
    public static StoreConfig single(Path dataDirectory, String listen) {
        return new StoreConfig(ONLY_MEMBER, dataDirectory, listen, "", List.of());
    }

    /** Another member. */
    public record StorePeer(String id, String raftAddress, String clientAddress) {}
}
