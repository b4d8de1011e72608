package dev.nestmap.server.api;

import dev.nestmap.model.state.MapState;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.server.consensus.Status;
import org.jspecify.annotations.Nullable;

/** Who answers, and of which revision. */
public final class Headers {
    private Headers() {}

    /** The header of an answer that speaks of a revision. */
    public static Header header(Status status, long revision) {
        return Header.newBuilder()
                .setClusterId(status.clusterId())
                .setMemberId(status.memberId())
                .setTerm(status.term())
                .setRevision(revision)
                .build();
    }

    /** The same for an answer about one map, if there is one. */
    static Header ofMap(Header header, @Nullable MapState map) {
        return map == null
                ? header
                : header.toBuilder()
                        .setMapId(map.id())
                        .setMapRevision(map.modifiedRevision())
                        .build();
    }
}
