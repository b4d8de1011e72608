package dev.nestmap.client;

import dev.nestmap.client.wire.MapRefCodec;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.placement.LabelSelector;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.GetNodeRequest;
import dev.nestmap.proto.v1.ListNodesRequest;
import dev.nestmap.proto.v1.NodeServiceGrpc;
import dev.nestmap.proto.v1.WaitAppliedRequest;
import dev.nestmap.proto.v1.Write;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The hosts of the fleet, without waiting; futures as in {@link AsyncMapHandle}. */
public final class AsyncNodes {
    private final Calls calls;

    AsyncNodes(Calls calls) {
        this.calls = calls;
    }

    /** Nodes that match, ordered by name. */
    public CompletableFuture<Answer<List<NodeDescription>>> list(LabelSelector selector) {
        ListNodesRequest request = ListNodesRequest.newBuilder()
                .setSelector(SpecCodec.selector(selector))
                .build();
        return calls.read(NodeServiceGrpc.getListMethod(), request, () -> "list nodes",
                r -> Decode.answer(r.getHeader(), DecodeFleet.nodes(r.getNodesList())));
    }

    /** One node; ENOENT. */
    public CompletableFuture<Answer<NodeDescription>> get(String name) {
        GetNodeRequest request = GetNodeRequest.newBuilder().setName(name).build();
        return calls.read(NodeServiceGrpc.getGetMethod(), request,
                () -> "show node \"%s\"".formatted(name),
                r -> Decode.answer(r.getHeader(), DecodeFleet.node(r.getNode())));
    }

    /** Sets and removes labels of a node, whether it has followed yet or not; they win over the agent's own. */
    public CompletableFuture<Answer<Result.Done>> setLabels(String name, Map<String, String> set,
            List<String> remove) {
        Command command = new Command.SetLabels(name, new TreeMap<>(set), remove);
        return calls.write(command, NodeServiceGrpc.getSetLabelsMethod(), Write::getSetLabels,
                () -> "label node \"%s\"".formatted(name),
                r -> Decode.done(r.getHeader()));
    }

    /**
     * Waits until every node on which a map is placed has applied it, or the time is over: look at
     * {@link AppliedNodes#complete}. ENOENT; {@link NestmapException.Kind#NO_NODE} where it is placed on no node.
     *
     * @param revision 0: the newest one of that map
     * @param waiting at least a millisecond
     */
    public CompletableFuture<Answer<AppliedNodes>> waitApplied(MapRef map, long revision,
            Duration waiting) {
        long longestMillis = Math.max(1, waiting.toMillis());
        return calls.waiting(NodeServiceGrpc.getWaitAppliedMethod(),
                left -> WaitAppliedRequest.newBuilder()
                        .setMap(MapRefCodec.ref(map))
                        .setRevision(revision)
                        .setTimeoutMillis(Math.max(1, Math.min(longestMillis, left.toMillis())))
                        .build(),
                waiting, () -> "wait until %s is applied".formatted(map),
                r -> Decode.answer(r.getHeader(), DecodeFleet.applied(r)));
    }

    /**
     * Looks into the kernels of nodes, through their agents; nothing is sent before the first part is asked for, and whoever iterates
     * waits. A node that is away or late is a part of the answer, not an exception.
     */
    public LiveRead readLive(LiveQuery query) {
        return calls.readLive(query);
    }

    /** Looks at a map that is pinned on a node, whoever made it, or exchanges it; as {@link #readLive}. The store is not changed. */
    public LiveRead askPin(PinQuery query) {
        return calls.askPin(query);
    }
}
