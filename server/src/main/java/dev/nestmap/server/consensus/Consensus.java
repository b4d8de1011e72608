package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.Write;
import dev.nestmap.server.storage.DataDirectory;
import dev.nestmap.server.storage.LogFiles;
import dev.nestmap.server.storage.SnapshotWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the replicated state machine. Safe for threads. Futures are completed on threads of their own, never on those of
 * Raft.
 */
public final class Consensus implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Consensus.class);
    private static final Duration LEADER_POLL = Duration.ofMillis(5);
    private static final Duration REPLIES_TIMEOUT = Duration.ofSeconds(5);

    private final MemberConfig config;
    private final DataDirectory data;
    private final FatalOnce fatal;
    private final ExecutorService replies;
    private final PublishedStates states;
    private final SnapshotKeeper snapshots;
    private final FleetStateMachine machine;
    private final Coalescer coalescer;
    private final RaftMember raft;
    private final Watchdog watchdog;

    /** Ends a listener's calls. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    private Consensus(MemberConfig config, DataDirectory data, FatalHandler handler,
            SnapshotKeeper.Writer snapshotWriter) {
        this.config = config;
        this.data = data;
        this.fatal = new FatalOnce(handler);
        this.replies = Executors
                .newThreadPerTaskExecutor(Thread.ofVirtual().name("nestmap-reply-", 0).factory());
        this.states = new PublishedStates(config.limits(), replies);
        this.raft = new RaftMember(config, data, fatal);
        SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
        this.snapshots = new SnapshotKeeper(config, snapshotWriter, storage, raft::purgeLog);
        this.coalescer = new Coalescer(config, raft::append, raft::leaderHint, replies, fatal);
        this.machine = new FleetStateMachine(storage, states, snapshots, coalescer::applied, fatal);
        this.watchdog = new Watchdog(config, raft, coalescer, this::tick, fatal);
    }

    /**
     * Opens the data directory and takes part in the cluster. Returns before a leader is known.
     *
     * @throws IOException where the directory is another's, in use, of a newer format, or a file in it is damaged; the message names it
     */
    public static Consensus start(MemberConfig config, FatalHandler fatal) throws IOException {
        return start(config, fatal, SnapshotWriter::write);
    }

    static Consensus start(MemberConfig config, FatalHandler fatal, SnapshotKeeper.Writer writer)
            throws IOException {
        DataDirectory data = DataDirectory.open(config.dataDirectory(), config.memberId(),
                RaftMember.founders(config), RaftMember.clusterId(config));
        try {
            Files.createDirectories(data.raftDirectory());
            if (data.wasStarted()) {
                LogFiles.check(data.logDirectory());
            }
            Consensus consensus = new Consensus(config, data, fatal, writer);
            consensus.start();
            return consensus;
        } catch (IOException | RuntimeException e) {
            data.close();
            throw e;
        }
    }

    /** Waits until this member serves, or knows the member that leads. */
    public void awaitLeader(Duration timeout) throws InterruptedException, TimeoutException {
        long endNanos = System.nanoTime() + timeout.toNanos();
        while (!raft.isServing() && raft.leaderHint().isEmpty()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new TimeoutException("no leader within " + timeout);
            }
            Thread.sleep(LEADER_POLL);
        }
    }

    /**
     * Applies a write on a majority. Fails with {@link NotLeaderException}, {@link OverloadedException} or
     * {@link EntryTooLargeException} where it certainly is not applied, with {@link OutcomeUnknownException} where it may be.
     */
    public CompletableFuture<Committed> submit(Write write) {
        return raft.isServing() && !fatal.isOver() ? coalescer.submit(write) : notLeader();
    }

    /**
     * A root that holds every write that was answered before this call, by any member. Fails with {@link NotLeaderException} or
     * {@link OverloadedException}.
     */
    public CompletableFuture<FleetState> linearizable() {
        if (!raft.isServing() || fatal.isOver()) {
            return notLeader();
        }
        // nobody else can have answered a write, and what was answered is applied here
        return config.isSingle()
                ? CompletableFuture.completedFuture(states.newest())
                : coalescer.barrier();
    }

    /** The newest root applied here; perhaps behind the leader's. */
    public FleetState state() {
        return states.newest();
    }

    /**
     * A root of at least the revision, once it is applied here. The caller sets the deadline, by cancelling the very future or with
     * {@code orTimeout} on it. Fails with {@link OverloadedException}, and with {@link NotLeaderException} at the end.
     */
    public CompletableFuture<FleetState> atLeast(long revision) {
        return states.atLeast(revision);
    }

    /** The root of one revision, where it is still among the recent ones. */
    public Optional<FleetState> root(long revision) {
        return states.at(revision);
    }

    /**
     * Calls the listener with the newest root after each log entry and after each installed snapshot, in order, on the thread that
     * applies: it must do no more than wake others.
     */
    public Registration onCommit(Consumer<FleetState> listener) {
        return states.listen(listener);
    }

    /** Takes a snapshot, unless one is being written; gives the log index that it covers once it is on disk. */
    public CompletableFuture<Long> snapshot() {
        return snapshots.take(machine.applied()).thenApplyAsync(index -> index, replies);
    }

    /** What this member knows right now. */
    public Status status() {
        Optional<String> leader = raft.leaderId();
        Applied applied = machine.applied();
        return new Status(data.clusterId().toString(), config.memberId(), raft.term(), leader,
                leader.flatMap(raft::clientAddress), raft.isServing() && !fatal.isOver(),
                applied.state().revision(), applied.termIndex().getIndex(), snapshots.lastIndex(),
                config.peers());
    }

    /** Leaves: what is under way fails, the directory is unlocked. */
    @Override
    public void close() {
        fatal.disarm();
        watchdog.close();
        coalescer.close();
        raft.close();
        snapshots.close();
        states.close();
        closeReplies();
        try {
            data.close();
        } catch (IOException e) {
            LOG.warn("{}: unlocking failed", config.dataDirectory(), e);
        }
    }

    /** For tests that break it. */
    RaftMember raft() {
        return raft;
    }

    /** A caller's code that does not end must not keep the directory locked. */
    private void closeReplies() {
        replies.shutdown();
        try {
            if (!replies.awaitTermination(REPLIES_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("code that waits for an answer has not ended after {}", REPLIES_TIMEOUT);
                replies.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private <T> CompletableFuture<T> notLeader() {
        return CompletableFuture.failedFuture(new NotLeaderException(raft.leaderHint()));
    }

    private void start() throws IOException {
        try {
            raft.start(machine);
        } catch (IOException | RuntimeException e) {
            fatal.disarm();
            snapshots.close();
            closeReplies();
            throw e;
        }
        coalescer.start();
        watchdog.start();
    }

    private void tick() {
        Applied applied = machine.applied();
        snapshots.tick(applied);
        if (applied.termIndex().getIndex() >= 0) {
            try {
                data.markLogged();
            } catch (IOException e) {
                fatal.fatal("%s cannot be written: %s".formatted(config.dataDirectory(), e), e);
            }
        }
    }
}
