package dev.nestmap.server.nodes;

import dev.nestmap.model.Bytes;
import dev.nestmap.proto.v1.NodeFacts;
import dev.nestmap.proto.v1.Report;
import java.util.Map;

/**
 * One host as its agent described it.
 *
 * @param incarnation of the agent that described it last
 * @param ownLabels the agent's own
 * @param lastHeardNanos on the monotonic clock
 */
public record NodeRecord(
        String name,
        Bytes incarnation,
        Map<String, String> ownLabels,
        NodeFacts facts,
        Report report,
        boolean connected,
        long lastHeardNanos) {
    /** Copies the labels. */
    public NodeRecord {
        ownLabels = Map.copyOf(ownLabels);
    }

    NodeRecord reported(Report newReport, long nowNanos) {
        return new NodeRecord(name, incarnation, ownLabels, facts, newReport, true, nowNanos);
    }

    NodeRecord disconnected() {
        return new NodeRecord(name, incarnation, ownLabels, facts, report, false, lastHeardNanos);
    }
}
