package dev.nestmap.cli.render;

import dev.nestmap.client.AgentStanding;
import dev.nestmap.client.AppliedNodes;
import dev.nestmap.client.NodeDescription;
import java.util.List;

/** Prints answers about nodes and members. Texts end with a line end. */
public interface FleetRenderer {
    /** Some nodes. */
    String nodes(List<NodeDescription> nodes);

    /** One node. */
    String node(NodeDescription node);

    /** What others changed on some nodes: each drift with its node. */
    String drifts(List<NodeDescription> nodes);

    /** An agent, as it says itself. */
    String agent(AgentStanding agent);

    /** Who has applied a revision. */
    String applied(AppliedNodes nodes);

    /** The store. */
    String status(StoreStatus status);
}
