package dev.nestmap.client;

import dev.nestmap.proto.v1.Header;

/**
 * Who answered, and of which state the answer speaks.
 *
 * @param clusterId the cluster's identity; a restored cluster has a new one
 * @param memberId the member that answered
 * @param term the Raft term in which it answered
 * @param revision the revision that a read saw or a write made
 */
public record Origin(String clusterId, String memberId, long term, long revision) {
    /** From the header of an answer. */
    static Origin of(Header header) {
        return new Origin(header.getClusterId(), header.getMemberId(), header.getTerm(),
                header.getRevision());
    }
}
