package dev.nestmap.agent.follow;

import dev.nestmap.agent.follow.ClusterMark.Mark;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.Connection;
import dev.nestmap.client.LeaderConnections;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.Pace;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.client.wire.ErrorWords;
import dev.nestmap.proto.v1.AgentServiceGrpc;
import dev.nestmap.proto.v1.FollowResponse;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.Report;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one stream to the store open, whichever member leads, until it is closed or the store turns out to be another one than
 * before. What was received last stays in force while there is no stream.
 */
public final class FollowClient implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FollowClient.class);
    private static final Duration REPORT_EVERY = Duration.ofSeconds(5);
    /** A member that accepts a stream and says nothing for so long is not alive. */
    private static final Duration FIRST_MESSAGE_WITHIN = Duration.ofSeconds(10);
    /** One message is held at a time; the store's are far smaller. */
    private static final int MOST_MESSAGE_BYTES = 64 << 20;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final long CLOSE_WAIT_MILLIS = 5_000;

    private final Hello hello;
    private final ClusterMark mark;
    private final Supplier<Report> reports;
    private final Companion companion;
    private final LeaderConnections connections;
    /** Owned by the thread of the stream. */
    private final Pace pace = new Pace(FIRST_PAUSE, LONGEST_PAUSE, RandomGenerator.getDefault());
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Null before the start. */
    private volatile @Nullable Thread thread;
    /** The stream that is open now, or was last. */
    private volatile @Nullable FollowStream current;
    /** Empty until the first cluster was met. Owned by the thread of the stream. */
    private volatile String clusterId;
    /** True where an agent before left maps, so that the store cannot be without any revision. */
    private final boolean hadMapsAtStart;
    /** The newest revision that was received whole; owned by the thread that receives. */
    private long highestRevision;
    /** That is said once; owned by the thread that receives. */
    private boolean markFails;
    /** The messages since the last whole state said something; owned by the thread that receives. */
    private boolean changing;

    /**
     * Does nothing before {@link #start}.
     *
     * @param hello who follows; its cluster id is filled in from the mark
     * @param servers at least one member, as in {@link ClientOptions#targets}
     * @param mark is kept from now on
     * @param known whose maps are here, and the newest revision that was heard of
     * @param reports the newest report, whenever one is to be sent
     * @param companion is told whom this agent follows
     */
    public FollowClient(Hello hello, List<String> servers, ClusterMark mark,
            Optional<Mark> known, Supplier<Report> reports, Companion companion) {
        this.hello = hello;
        this.connections = new LeaderConnections(ClientOptions.defaults()
                .withTargets(servers)
                .withMaxMessageBytes(MOST_MESSAGE_BYTES));
        this.mark = mark;
        this.reports = reports;
        this.companion = companion;
        this.clusterId = known.map(Mark::clusterId).orElse("");
        this.hadMapsAtStart = known.isPresent();
        this.highestRevision = known.map(found -> found.revision().orElse(0)).orElse(0L);
    }

    /** Begins to follow; once. */
    public void start(Follower follower) {
        thread = Thread.ofPlatform()
                .name("nestmap-follow")
                .uncaughtExceptionHandler((_, failure) -> {
                    LOG.error("following ends", failure);
                    follower.connection(
                            new Follower.Connection(false, "", "following ended: " + failure,
                                    true));
                })
                .start(() -> run(follower));
    }

    /** Sends a report soon, if a stream is open. */
    public void report() {
        FollowStream stream = current;
        if (stream != null) {
            stream.report(reports.get());
        }
    }

    /** Ends the stream and follows no more. */
    @Override
    public void close() {
        closed.countDown();
        FollowStream stream = current;
        if (stream != null) {
            stream.cancel("the agent stops");
        }
        Thread following = thread;
        try {
            if (following != null) {
                following.join(CLOSE_WAIT_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.close();
        }
    }

    private void run(Follower follower) {
        try {
            boolean goOn = true;
            while (goOn && closed.getCount() > 0) {
                goOn = followOnce(follower, connections.presumedLeader());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (NestmapException closedMeanwhile) {
            LOG.debug("following ends", closedMeanwhile);
        }
    }

    /** Follows one member until the stream ends; false where there is to be no other. */
    private boolean followOnce(Follower follower, Connection member)
            throws InterruptedException {
        String server = member.target();
        Throwable end = follow(follower, member);
        if (closed.getCount() == 0) {
            return false;
        }
        if (ErrorCodec.storeError(end).equals(Optional.of(StoreError.WRONG_CLUSTER))
                || end instanceof WrongClusterException) {
            LOG.error("{}: {}", server, words(end));
            follower.connection(new Follower.Connection(false, server, words(end), true));
            return false;
        }
        follower.connection(new Follower.Connection(false, server, words(end), false));
        pace.asked(server);
        String next = connections.failed(member, end).target();
        Duration wait = pace.before(next, ErrorCodec.retryAfter(end).orElse(Duration.ZERO));
        LOG.info("stream to {} ended, {} is asked in {} ms: {}", server, next, wait.toMillis(),
                words(end));
        return !closed.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Throwable follow(Follower follower, Connection member) throws InterruptedException {
        DesiredAssembler assembler = new DesiredAssembler();
        FollowStream stream = new FollowStream(hello.toBuilder().setClusterId(clusterId).build(),
                message -> {
                    receive(follower, member.target(), assembler, message);
                    companion.following(member.channel());
                });
        try {
            return follow(member, stream);
        } finally {
            companion.ended();
        }
    }

    private Throwable follow(Connection member, FollowStream stream)
            throws InterruptedException {
        current = stream;
        AgentServiceGrpc.newStub(member.channel()).follow(stream);
        stream.open();
        long silentUntil = System.nanoTime() + FIRST_MESSAGE_WITHIN.toNanos();
        long reportAt = System.nanoTime() + REPORT_EVERY.toNanos();
        while (true) {
            long untilNanos = stream.heardSomething() || silentUntil - reportAt > 0
                    ? reportAt
                    : silentUntil;
            Optional<Throwable> end = stream.awaitEnd(
                    Duration.ofNanos(Math.max(untilNanos - System.nanoTime(), 0)));
            if (end.isPresent()) {
                if (stream.tookSomething()) {
                    pace.reset();
                }
                return end.get();
            }
            long now = System.nanoTime();
            if (closed.getCount() == 0) {
                stream.cancel("the agent stops");
            } else if (!stream.heardSomething() && now - silentUntil >= 0) {
                stream.cancel(
                        "nothing was heard for %d s".formatted(FIRST_MESSAGE_WITHIN.toSeconds()));
            } else if (stream.tookSomething()) {
                companion.following(member.channel());
            }
            if (now - reportAt >= 0) {
                stream.report(reports.get());
                reportAt = now + REPORT_EVERY.toNanos();
            }
        }
    }

    private void receive(Follower follower, String server, DesiredAssembler assembler,
            FollowResponse message) throws Exception {
        long now = System.nanoTime();
        String cluster = message.getHeader().getClusterId();
        if (!clusterId.isEmpty() && !cluster.equals(clusterId)) {
            throw new WrongClusterException(
                    "this is cluster %s, but the maps that are pinned here are those of cluster %s: follow that one, use another pin root, or remove the pins (programs that use them lose their maps) and the checkpoint"
                            .formatted(cluster, clusterId));
        }
        Optional<Desired> complete = assembler.accept(message);
        changing |= message.getSnapshot() || message.getChangesCount() > 0;
        if (complete.isPresent()) {
            checkNotBack(complete.get().revision());
            if (changing) {
                mark(cluster, complete.get().revision());
                follower.changed(cluster, complete.get());
                changing = false;
            }
            clusterId = cluster;
            follower.wants(complete.get(), now);
        }
        follower.connection(new Follower.Connection(true, server, "", false));
    }

    /** Where no mark can be made, no map can be pinned either: that is told of each map. */
    private void mark(String cluster, long revision) {
        try {
            mark.write(cluster, revision);
            markFails = false;
        } catch (KernelException e) {
            if (!markFails) {
                LOG.warn("the mark of cluster {} at revision {} is not made: {}", cluster,
                        revision, e.getMessage());
            }
            markFails = true;
        }
    }

    /** A store that was founded anew under the old name, or restored from a backup, must not take maps away from programs. */
    private void checkNotBack(long revision) throws WrongClusterException {
        if (revision < highestRevision || (revision == 0 && hadMapsAtStart)) {
            throw new WrongClusterException(
                    "the store is at revision %d, but was at %d or later when the maps that are pinned here were written: it was founded anew or restored. Nothing is changed on this host; to follow it all the same, remove the pins and the checkpoint, or use another pin root"
                            .formatted(revision, Math.max(highestRevision, 1)));
        }
        highestRevision = revision;
    }

    private static String words(Throwable end) {
        return end instanceof StatusException || end instanceof StatusRuntimeException
                ? ErrorWords.of(end)
                : String.valueOf(end.getMessage());
    }

    /** The store is not the one that the pins here belong to. */
    private static final class WrongClusterException extends Exception {
        private static final long serialVersionUID = 1;

        WrongClusterException(String message) {
            super(message);
        }
    }
}
