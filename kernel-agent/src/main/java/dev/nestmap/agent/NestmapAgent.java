package dev.nestmap.agent;

import dev.nestmap.agent.checkpoint.Checkpoint;
import dev.nestmap.agent.checkpoint.Saved;
import dev.nestmap.agent.events.HostEvents;
import dev.nestmap.agent.follow.ClusterMark;
import dev.nestmap.agent.follow.ClusterMark.Mark;
import dev.nestmap.agent.follow.FollowClient;
import dev.nestmap.agent.follow.Follower;
import dev.nestmap.agent.follow.Messages;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelFeatures;
import dev.nestmap.agent.libbpf.Bpffs;
import dev.nestmap.agent.live.LiveService;
import dev.nestmap.agent.local.StatusSocket;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.agent.reconcile.KernelLoop;
import dev.nestmap.agent.reconcile.PinRoot;
import dev.nestmap.agent.reconcile.Reconciler;
import dev.nestmap.agent.reconcile.Witness;
import dev.nestmap.proto.v1.Hello;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent. Any number of threads may call. */
public final class NestmapAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NestmapAgent.class);

    private final Hello hello;
    private final AgentState state;
    private final Optional<AgentMetrics> metrics;
    private final Optional<Checkpoint> checkpoint;
    private final Optional<StatusSocket> socket;
    private final FollowClient client;
    private final KernelLoop loop;
    /** Told by the thread that works on the kernel what to listen to. */
    private final HostEvents events;
    private final LiveService live;

    private NestmapAgent(AgentConfig config, Kernel kernel, KernelFeatures features,
            PinRoot root, Optional<AgentMetrics> metrics) throws KernelException {
        this.metrics = metrics;
        this.hello = Messages.hello(config.node(), config.labels(), features, config.pinRoot());
        ClusterMark mark = new ClusterMark(kernel, config.pinRoot());
        Optional<Mark> pinned = mark.read();
        Reconciler reconciler = new Reconciler(kernel, config.pinRoot(),
                config.keepGenerations(), config.drift(),
                metrics.map(AgentMetrics::witness).orElse(Witness.NOBODY));
        reconciler.watch(root);
        this.checkpoint = config.checkpointDirectory()
                .map(directory -> Checkpoint.open(directory, hello));
        checkpoint.flatMap(Checkpoint::saved)
                .filter(saved -> Restoration.isOurs(saved, pinned, config))
                .ifPresent(saved -> reconciler.remember(saved.desired()));
        Restoration start = Restoration.of(checkpoint.flatMap(Checkpoint::saved), pinned, config);
        if (checkpoint.flatMap(Checkpoint::saved).isPresent() && start.state().isEmpty()) {
            LOG.warn("{}", start.words());
        } else if (checkpoint.isPresent()) {
            LOG.info("{}", start.words());
        }
        this.state = new AgentState(start.ready());
        this.live = new LiveService(hello, kernel, state::progress);
        this.client = new FollowClient(hello, config.servers(), mark,
                start.state().map(NestmapAgent::asMark).or(() -> pinned), state::report, live);
        this.loop = new KernelLoop(reconciler, this::applied, this::died, root::close);
        this.events = HostEvents.open(kernel, loop::hostChanged);
        if (start.state().isPresent()) {
            restore(start.state().get(), mark);
        }
        this.socket = config.checkpointDirectory().flatMap(_ -> listen(config));
        metrics.ifPresent(each -> each.watch(kernel, hello, this::status, this::isReady));
    }

    /** Programs do not depend on it: where it fails, the agent does its work all the same. */
    private Optional<StatusSocket> listen(AgentConfig config) {
        Path path = AgentConfig.statusSocket(config.stateDirectory().orElseThrow(),
                config.pinRoot());
        try {
            return Optional.of(StatusSocket.open(path, this::statusMessage));
        } catch (IOException e) {
            LOG.warn("nestmap agent status will find no agent: listen at {}: {}", path,
                    e.toString());
            return Optional.empty();
        }
    }

    private dev.nestmap.proto.v1.AgentStatus statusMessage() {
        return StatusMessages.of(hello, state.report(), status(), isReady());
    }

    /** The cluster and the revision that are followed on from. */
    private static Mark asMark(Saved saved) {
        return new Mark(saved.clusterId(), OptionalLong.of(saved.desired().revision()));
    }

    private void restore(Saved saved, ClusterMark mark) {
        try {
            mark.write(saved.clusterId(), saved.desired().revision());
        } catch (KernelException e) {
            LOG.warn("the pin root is not marked as that of cluster {}: {}", saved.clusterId(),
                    e.getMessage());
        }
        loop.restore(saved.desired(), System.nanoTime());
    }

    /**
     * Takes the pin root, finds the maps that were left there, brings them to the state that an agent before kept on disk, if it
     * kept one, and begins to follow. The kernel stays the caller's to close, after the agent.
     *
     * @throws KernelException EAGAIN where another agent holds the pin root; EPERM with advice where there is no bpffs and
     *     none can be mounted; whatever the kernel says to looking at the pins
     */
    public static NestmapAgent start(AgentConfig config, Kernel kernel) throws KernelException {
        return start(config, kernel, Optional.empty());
    }

    /** As {@link #start(AgentConfig, Kernel)}, with metrics of this agent alone, which it closes. */
    public static NestmapAgent start(AgentConfig config, Kernel kernel, AgentMetrics metrics)
            throws KernelException {
        return start(config, kernel, Optional.of(metrics));
    }

    private static NestmapAgent start(AgentConfig config, Kernel kernel,
            Optional<AgentMetrics> metrics) throws KernelException {
        KernelFeatures features = kernel.features();
        if (!features.simulated()) {
            Bpffs.ensureMounted(config.pinRoot())
                    .ifPresent(mountPoint -> LOG.info("mounted a bpffs on {}", mountPoint));
        }
        PinRoot root = PinRoot.take(kernel, config.pinRoot());
        NestmapAgent agent;
        try {
            agent = new NestmapAgent(config, kernel, features, root, metrics);
        } catch (KernelException | RuntimeException e) {
            root.close();
            throw e;
        }
        agent.client.start(agent.new Wishes());
        return agent;
    }

    /** How it stands now. */
    public AgentStatus status() {
        return state.status(checkpoint.map(Checkpoint::written),
                checkpoint.flatMap(Checkpoint::trouble));
    }

    /**
     * Waits until there is something new in {@link #status}: of the connection, of conditions, of drift, of maps and revisions in the
     * kernel. What is on disk is not waited for, nor are the numbers of what goes on all the time.
     *
     * @param seen what the last call gave; 0 at first
     * @return the number of news so far, which is {@code seen} where the time ran out first
     */
    public long awaitNews(long seen, Duration timeout) throws InterruptedException {
        return state.awaitNews(seen, timeout);
    }

    /** True where programs can rely on the maps; see {@link #awaitReady}. */
    public boolean isReady() {
        return state.isReady();
    }

    /**
     * Waits until a revision is in the kernel, but for the maps of which a condition tells. For revision 0, until anything the
     * store sent is.
     *
     * @return false where the time ran out first
     */
    public boolean awaitApplied(long revision, Duration timeout) throws InterruptedException {
        return state.awaitApplied(revision, timeout);
    }

    /**
     * Waits until programs can rely on the maps: they are as the store wants them, or as the state on disk has them, or as an agent
     * before left them, which is newer than the state on disk. What is the matter with single maps the conditions tell.
     *
     * @return false where the time ran out first
     */
    public boolean awaitReady(Duration timeout) throws InterruptedException {
        return state.awaitReady(timeout);
    }

    /**
     * Stops following. All maps and pins stay, and so do the programs that use them. The pin root is free once the work under
     * way has ended, which this waits for, though not for ever.
     */
    @Override
    public void close() {
        socket.ifPresent(StatusSocket::close);
        metrics.ifPresent(AgentMetrics::close);
        client.close();
        live.close();
        // Before the pin root is free for another agent, which may use the same directory.
        checkpoint.ifPresent(Checkpoint::close);
        loop.close();
        events.close();
    }

    private void applied(KernelLoop.Done done) {
        state.applied(done);
        metrics.ifPresent(each -> each.worked(done));
        if (done.news()) {
            client.report();
        }
        events.watch(done.hostPaths());
    }

    /** An agent that can no longer work on the kernel must not look alive to the store. */
    private void died(Throwable failure) {
        LOG.error("the agent's work on the kernel ends", failure);
        state.died("the agent's work on the kernel ended by a mistake in this program: " + failure);
        client.close();
    }

    /** What the store wants, handed on. */
    private final class Wishes implements Follower {
        @Override
        public void changed(String clusterId, Desired desired) {
            checkpoint.ifPresent(kept -> kept.keep(clusterId, desired));
        }

        @Override
        public void wants(Desired desired, long receivedNanos) {
            state.received(desired.revision());
            loop.want(desired, receivedNanos);
        }

        @Override
        public void connection(Connection connection) {
            state.connection(connection);
        }
    }
}
