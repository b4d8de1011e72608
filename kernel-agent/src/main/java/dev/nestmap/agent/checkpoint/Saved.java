package dev.nestmap.agent.checkpoint;

import dev.nestmap.agent.reconcile.Desired;
import java.util.Map;

/**
 * A state that was kept, and whose it is.
 *
 * @param clusterId the cluster that wanted it
 * @param node the name that the agent had
 * @param labels the agent's own
 * @param pinRoot where the agent pinned
 * @param desired complete
 */
public record Saved(
        String clusterId,
        String node,
        Map<String, String> labels,
        String pinRoot,
        Desired desired) {
    /** Keeps its own copy of the labels. */
    public Saved {
        labels = Map.copyOf(labels);
    }
}
