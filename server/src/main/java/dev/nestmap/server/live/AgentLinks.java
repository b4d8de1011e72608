package dev.nestmap.server.live;

import dev.nestmap.model.Bytes;
import io.grpc.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The agents that offer to look into their kernels. Any number of threads may call. */
public final class AgentLinks {
    /** As many as nodes are known. */
    private static final int LIMIT = 20_000;

    /** Guarded by this. */
    private final Map<String, AgentLink> links = new HashMap<>();

    /** An agent offers; an older offer of the same node is ended. False where there is no room. */
    public boolean connect(String node, AgentLink link) {
        AgentLink older;
        synchronized (this) {
            if (!links.containsKey(node) && links.size() >= LIMIT) {
                return false;
            }
            older = links.put(node, link);
        }
        if (older != null) {
            older.end(Status.ABORTED.withDescription(
                    "serve: another agent serves as node \"%s\"; is the name unique?"
                            .formatted(node))
                    .asRuntimeException());
        }
        return true;
    }

    /** A stream is over; ignored where it is not the node's newest. */
    public synchronized void disconnect(String node, AgentLink link) {
        links.remove(node, link);
    }

    /** How to ask one run of a node's agent. */
    synchronized Optional<AgentLink> find(String node, Bytes incarnation) {
        return Optional.ofNullable(links.get(node))
                .filter(link -> link.incarnation().equals(incarnation));
    }

    /** Ends all streams: this member leads no more. */
    public void clear() {
        List<AgentLink> ended;
        synchronized (this) {
            ended = List.copyOf(links.values());
            links.clear();
        }
        ended.forEach(link -> link.end(Status.UNAVAILABLE
                .withDescription("serve: this member leads no more")
                .asRuntimeException()));
    }
}
