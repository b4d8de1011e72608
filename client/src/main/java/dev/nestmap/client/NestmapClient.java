package dev.nestmap.client;

import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.Step;
import java.util.List;

/**
 * A client of the store. Finds the leader by itself, tries again where that is safe, and has a random identity so that
 * no write is done twice. Safe for many threads: a program needs one. The caller closes it.
 */
public final class NestmapClient implements AutoCloseable {
    private final ClientOptions options;
    private final LeaderConnections connections;
    private final Calls calls;
    private final AsyncNestmapClient async;

    private NestmapClient(ClientOptions options) {
        this.options = options;
        this.connections = new LeaderConnections(options);
        this.calls = new Calls(options, connections);
        this.async = new AsyncNestmapClient(calls, options.namespace());
    }

    /** A client; nothing is sent before the first call. */
    public static NestmapClient connect(ClientOptions options) {
        return new NestmapClient(options);
    }

    /** A client with the default options; without targets, of the server on this host. */
    public static NestmapClient connect(String... targets) {
        ClientOptions options = ClientOptions.defaults();
        return connect(targets.length == 0 ? options : options.withTargets(targets));
    }

    /** What this client was made with. */
    public ClientOptions options() {
        return options;
    }

    /** Defines and lists maps. */
    public Maps maps() {
        return new Maps(async.maps(), options.namespace());
    }

    /** A map; nothing is sent. */
    public MapHandle map(MapRef ref) {
        return new MapHandle(async.map(ref));
    }

    /** A map by its name in the client's namespace; nothing is sent. */
    public MapHandle map(String name) {
        return new MapHandle(async.map(name));
    }

    /** The hosts. */
    public Nodes nodes() {
        return new Nodes(async.nodes());
    }

    /** The members of the store. */
    public Cluster cluster() {
        return new Cluster(async.cluster());
    }

    /**
     * Compares, then runs {@code then} or {@code otherwise}: one revision, all or nothing. A refused operation is a
     * value here: look at it, or call {@link TxnOutcome#orThrow}.
     */
    public Answer<TxnOutcome> txn(List<Compare> compare, List<Step> then, List<Step> otherwise) {
        return Wait.on(async.txn(compare, then, otherwise));
    }

    /**
     * What {@link #txn} would come to at this moment, with the revision that it was tried on; changes nothing. Ids of
     * created maps are those that would have been given.
     */
    public Answer<TxnOutcome> dryRun(List<Compare> compare, List<Step> then,
            List<Step> otherwise) {
        return Wait.on(async.dryRun(compare, then, otherwise));
    }

    /** Changes as they are committed; nothing is sent before the first is asked for. The caller closes it. */
    public Watch watch(WatchOptions what) {
        return new Watch(connections, options, what);
    }

    /** Hears of every write of this client from now on, until the result is closed. */
    public WriteListener.Registration onWrite(WriteListener listener) {
        return calls.onWrite(listener);
    }

    /** The same client with verbs that do not wait. */
    public AsyncNestmapClient async() {
        return async;
    }

    /** True after {@link #close}. */
    public boolean isClosed() {
        return connections.isClosed();
    }

    LeaderConnections connections() {
        return connections;
    }

    /** Ends all calls and watches and closes the connections. */
    @Override
    public void close() {
        calls.close();
        connections.close();
    }
}
