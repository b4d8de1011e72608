package dev.nestmap.server;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Header;
import dev.nestmap.server.api.GrpcFrontEnd;
import dev.nestmap.server.api.Headers;
import dev.nestmap.server.consensus.Consensus;
import dev.nestmap.server.consensus.FatalHandler;
import dev.nestmap.server.consensus.MemberConfig;
import dev.nestmap.server.consensus.Status;
import dev.nestmap.server.feed.Feed;
import dev.nestmap.server.feed.States;
import dev.nestmap.server.live.AgentLinks;
import dev.nestmap.server.nodes.NodeRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One member of the store: consensus, the feed of changes, the gRPC port. */
public final class NestmapServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NestmapServer.class);
    private static final long ROLE_CHECK_MILLIS = 100;

    private final Consensus consensus;
    private final Feed feed;
    private final NodeRegistry registry;
    private final AgentLinks links;
    private final GrpcFrontEnd frontEnd;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Owned by the thread that applies. */
    private long lastRevision = -1;
    /** Owned by the thread that watches the role. */
    private boolean wasServing;

    private NestmapServer(Consensus consensus, Feed feed, NodeRegistry registry,
            AgentLinks links, GrpcFrontEnd frontEnd) {
        this.consensus = consensus;
        this.feed = feed;
        this.registry = registry;
        this.links = links;
        this.frontEnd = frontEnd;
    }

    /**
     * Starts a member; returns when it listens, perhaps before there is a leader.
     *
     * @param fatal told when the member cannot go on
     * @throws IOException where the data directory cannot be used or the address is taken; the message says which and why
     */
    public static NestmapServer start(ServerConfig config, FatalHandler fatal) throws IOException {
        InetSocketAddress address = Addresses.parse(config.listen());
        MemberConfig member = config.raftAddress().isEmpty()
                ? MemberConfig.single(config.memberId(), config.dataDirectory(), config.listen())
                : new MemberConfig(config.memberId(), config.dataDirectory(), config.raftAddress(),
                        config.listen(),
                        config.peers());
        Consensus consensus = Consensus.start(member, fatal);
        NodeRegistry registry = new NodeRegistry(System::nanoTime);
        AgentLinks links = new AgentLinks();
        Feed feed = new Feed(new ConsensusStates(consensus));
        try {
            GrpcFrontEnd frontEnd = GrpcFrontEnd.start(address, consensus, feed, registry,
                    links, Version.text());
            NestmapServer server = new NestmapServer(consensus, feed, registry, links,
                    frontEnd);
            server.run();
            return server;
        } catch (IOException e) {
            consensus.close();
            throw new IOException(
                    "cannot listen on %s: %s; is another server running there? choose another port with --listen"
                            .formatted(config.listen(), Addresses.cause(e)),
                    e);
        }
    }

    private void run() {
        consensus.onCommit(this::committed);
        Thread.ofVirtual().name("nestmap-role").start(this::watchRole);
    }

    /** Barriers of reads and refused writes are entries too, but nothing new. */
    private void committed(FleetState state) {
        if (state.revision() != lastRevision) {
            lastRevision = state.revision();
            feed.wake();
        }
    }

    private void watchRole() {
        try {
            do {
                try {
                    checkRole();
                } catch (RuntimeException e) {
                    LOG.error("the role of this member cannot be told", e);
                }
            } while (!closing.await(ROLE_CHECK_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Agents follow the leader: when this member leads no more, they are sent away, and what they reported is forgotten. */
    private void checkRole() {
        Status status = consensus.status();
        frontEnd.serving(status.serving() || status.leaderId().isPresent());
        if (!status.serving() && (wasServing || registry.connected() > 0)) {
            registry.clear();
            links.clear();
        }
        if (!wasServing && status.serving() && status.peers().size() > 1) {
            registry.takeOver();
        }
        wasServing = status.serving();
    }

    /** Waits until there is a leader. */
    public void awaitLeader(Duration timeout) throws InterruptedException, TimeoutException {
        consensus.awaitLeader(timeout);
    }

    /** The port that clients and agents talk to. */
    public int port() {
        return frontEnd.port();
    }

    /** How it stands now. */
    public MemberFigures figures() {
        FleetState state = consensus.state();
        Status status = consensus.status();
        return new MemberFigures(status.serving(),
                status.serving() || status.leaderId().isPresent(), state.revision(),
                Math.max(0, status.appliedIndex()), Math.max(0, status.snapshotIndex()),
                status.peers().size(), state.maps().size(), state.elementCount(),
                registry.connected());
    }

    /** Waits until the member was closed. */
    public void awaitTermination() throws InterruptedException {
        closed.await();
    }

    @Override
    public void close() {
        closing.countDown();
        feed.close();
        frontEnd.close();
        consensus.close();
        closed.countDown();
    }

    private record ConsensusStates(Consensus consensus) implements States {
        @Override
        public FleetState newest() {
            return consensus.state();
        }

        @Override
        public Optional<FleetState> at(long revision) {
            return consensus.root(revision);
        }

        @Override
        public Header header(long revision) {
            return Headers.header(consensus.status(), revision);
        }
    }
}
