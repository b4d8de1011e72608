package dev.nestmap.server.consensus;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a member is started with.
 *
 * @param memberId unique in the cluster
 * @param dataDirectory this member's alone; created if absent
 * @param raftAddress host:port to listen on for the other members; a single member listens for nobody (see {@link #single})
 * @param clientAddress host:port that clients are told to go to when this member leads
 * @param peers all members that found the cluster, this one included; empty: this one alone
 * @param clusterId the new cluster's id; null: derived from the peers, random for a single member
 */
public record MemberConfig(
        String memberId,
        Path dataDirectory,
        String raftAddress,
        String clientAddress,
        List<Peer> peers,
        @Nullable UUID clusterId,
        Timings timings,
        Limits limits) {
    /** Where a single member listens: on a free loopback port, and it refuses every call there. */
    public static final String NOWHERE = "127.0.0.1:0";

    /**
     * A member as the cluster was founded with it.
     *
     * @param raftAddress host:port between members
     * @param clientAddress host:port for clients
     */
    public record Peer(String id, String raftAddress, String clientAddress) {
        /** {@code id=raft address/client address}. */
        @Override
        public String toString() {
            return "%s=%s/%s".formatted(id, raftAddress, clientAddress);
        }
    }

    /** With default timings and limits. */
    public MemberConfig(String memberId, Path dataDirectory, String raftAddress,
            String clientAddress, List<Peer> peers) {
        this(memberId, dataDirectory, raftAddress, clientAddress, peers, null, Timings.defaults(),
                Limits.defaults());
    }

    /** Checks that this member is among the peers and that no id or address stands twice. */
    public MemberConfig {
        if (!memberId.matches("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")) {
            throw new IllegalArgumentException(
                    "member id \"%s\": must be 1 to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit"
                            .formatted(memberId));
        }
        if (peers.isEmpty()) {
            peers = List.of(new Peer(memberId, raftAddress, clientAddress));
        }
        peers = List.copyOf(peers);
        Set<String> ids = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (Peer peer : peers) {
            if (!ids.add(peer.id()) || !addresses.add(peer.raftAddress())) {
                throw new IllegalArgumentException(
                        "peers %s: an id or an address stands twice".formatted(peers));
            }
        }
        if (!ids.contains(memberId)) {
            throw new IllegalArgumentException("peers %s: this member, \"%s\", is not among them"
                    .formatted(peers, memberId));
        }
    }

    /** A cluster of one. */
    public static MemberConfig single(String memberId, Path dataDirectory, String clientAddress) {
        return new MemberConfig(memberId, dataDirectory, NOWHERE, clientAddress, List.of());
    }

    /** With other timings. */
    public MemberConfig with(Timings newTimings) {
        return new MemberConfig(memberId, dataDirectory, raftAddress, clientAddress, peers,
                clusterId, newTimings, limits);
    }

    /** With other limits. */
    public MemberConfig with(Limits newLimits) {
        return new MemberConfig(memberId, dataDirectory, raftAddress, clientAddress, peers,
                clusterId, timings, newLimits);
    }

    /** True where there are no others to agree with. */
    public boolean isSingle() {
        return peers.size() == 1;
    }
}
