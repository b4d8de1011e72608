package dev.nestmap.client;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.state.Result;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The hosts of the fleet and what is really in their kernels; waits and throws as {@link MapHandle} does. */
public final class Nodes {
    private final AsyncNodes async;

    Nodes(AsyncNodes async) {
        this.async = async;
    }

    /** Nodes that match, ordered by name. */
    public Answer<List<NodeDescription>> list(LabelSelector selector) {
        return Wait.on(async.list(selector));
    }

    /** One node; ENOENT. */
    public Answer<NodeDescription> get(String name) {
        return Wait.on(async.get(name));
    }

    /** Sets and removes labels of a node, whether it has followed yet or not; they win over the agent's own. */
    public Answer<Result.Done> setLabels(String name, Map<String, String> set,
            List<String> remove) {
        return Wait.on(async.setLabels(name, set, remove));
    }

    /**
     * Waits until every node on which a map is placed has applied it, or the time is over: look at
     * {@link AppliedNodes#complete}. ENOENT; {@link NestmapException.Kind#NO_NODE} where it is placed on no node.
     *
     * @param revision 0: the newest one of that map
     * @param waiting at least a millisecond
     */
    public Answer<AppliedNodes> waitApplied(MapRef map, long revision, Duration waiting) {
        return Wait.on(async.waitApplied(map, revision, waiting));
    }

    /**
     * Looks into the kernels of nodes, through their agents; nothing is sent before the first part is asked for, and whoever iterates
     * waits. A node that is away or late is a part of the answer, not an exception.
     */
    public LiveRead readLive(LiveQuery query) {
        return async.readLive(query);
    }

    /** Looks at a map that is pinned on a node, whoever made it, or exchanges it; as {@link #readLive}. The store is not changed. */
    public LiveRead askPin(PinQuery query) {
        return async.askPin(query);
    }
}
