package dev.nestmap.client;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.Step;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.Write;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The same client with verbs that do not wait; futures as in {@link AsyncMapHandle}. */
public final class AsyncNestmapClient {
    private final Calls calls;
    private final String namespace;

    AsyncNestmapClient(Calls calls, String namespace) {
        this.calls = calls;
        this.namespace = namespace;
    }

    /** Defines and lists maps. */
    public AsyncMaps maps() {
        return new AsyncMaps(calls, Consistency.linearizable());
    }

    /** A map; nothing is sent. */
    public AsyncMapHandle map(MapRef ref) {
        return new AsyncMapHandle(calls, ref, Consistency.linearizable());
    }

    /** A map by its name in the client's namespace; nothing is sent. */
    public AsyncMapHandle map(String name) {
        return map(new MapRef.ByName(namespace, name));
    }

    /** The hosts. */
    public AsyncNodes nodes() {
        return new AsyncNodes(calls);
    }

    /** The members of the store. */
    public AsyncCluster cluster() {
        return new AsyncCluster(calls);
    }

    /**
     * Compares, then runs {@code then} or {@code otherwise}: one revision, all or nothing. Up to 100,000 operations and
     * 64 MiB ({@link NestmapException.Kind#TOO_LARGE}), on maps of one namespace (EINVAL). What is larger than a message
     * is sent in parts, and may take longer than the client's timeout: four MiB a second are allowed for.
     */
    public CompletableFuture<Answer<TxnOutcome>> txn(List<Compare> compare, List<Step> then,
            List<Step> otherwise) {
        Command command = new Command.Txn(compare, then, otherwise);
        return calls.writeInParts(command, MapServiceGrpc.getTxnMethod(),
                MapServiceGrpc.getTxnStreamMethod(), Write::getTxn, TransactionParts::of,
                () -> "txn of %d operations".formatted(then.size() + otherwise.size()),
                r -> Decode.answer(r.getHeader(), Decode.txn(r)));
    }

    /**
     * What {@link #txn} would come to at this moment, with the revision that it was tried on; changes nothing. Ids of
     * created maps are those that would have been given.
     */
    public CompletableFuture<Answer<TxnOutcome>> dryRun(List<Compare> compare, List<Step> then,
            List<Step> otherwise) {
        TxnRequest request = calls.identified(new Command.Txn(compare, then, otherwise))
                .getTxn()
                .toBuilder()
                .setDryRun(true)
                .build();
        return calls.readInParts(request, MapServiceGrpc.getTxnMethod(),
                MapServiceGrpc.getTxnStreamMethod(), TransactionParts::of,
                () -> "dry run of %d operations".formatted(then.size() + otherwise.size()),
                r -> Decode.answer(r.getHeader(), Decode.txn(r)));
    }
}
