package dev.nestmap.server.consensus;

import dev.nestmap.server.storage.DamagedFileException;
import dev.nestmap.server.storage.DataDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Ratis server of this member and its one group. */
final class RaftMember implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RaftMember.class);

    private final MemberConfig config;
    private final DataDirectory data;
    private final FatalOnce fatal;
    private final RaftGroupId groupId;
    /** A new one in every process: Ratis answers a call id that it has seen with the old reply. */
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong lastAdminCall = new AtomicLong();
    /** Null until it is started. */
    private volatile @Nullable Running running;

    /** One thread of Raft less, and the rest would go on as if it were there. */
    private static final class RaftThreads extends ThreadGroup {
        private final FatalOnce fatal;

        RaftThreads(String memberId, FatalOnce fatal) {
            super("nestmap-raft-" + memberId);
            this.fatal = fatal;
        }

        @Override
        public void uncaughtException(Thread thread, Throwable e) {
            fatal.fatal("the thread %s of Raft ended: %s".formatted(thread.getName(), e), e);
        }
    }

    private record Running(RaftServer server, RaftServer.Division division) {}

    static {
        // Ratis would end the whole process: where its port is taken, and on any uncaught exception in any thread of it
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    /** Not yet started; the log files in the directory must have been checked. */
    RaftMember(MemberConfig config, DataDirectory data, FatalOnce fatal) {
        this.config = config;
        this.data = data;
        this.fatal = fatal;
        this.groupId = RaftGroupId.valueOf(data.clusterId());
    }

    /** The members that found a cluster, in one line, in a fixed order; clients' addresses may change. */
    static String founders(MemberConfig config) {
        return config.isSingle()
                ? config.memberId()
                : config.peers()
                        .stream()
                        .sorted(Comparator.comparing(MemberConfig.Peer::id))
                        .map(peer -> peer.id() + "@" + peer.raftAddress())
                        .collect(Collectors.joining(","));
    }

    /** Null where the data directory may choose: a single member that was not given one. */
    static @Nullable UUID clusterId(MemberConfig config) {
        UUID given = config.clusterId();
        return given != null || config.isSingle()
                ? given
                : UUID.nameUUIDFromBytes(founders(config).getBytes(StandardCharsets.UTF_8));
    }

    /** Reads the log and takes part. */
    void start(StateMachine machine) throws IOException {
        RaftServer server = null;
        try {
            server = build(machine);
            server.start();
            data.markFormatted();
            running = new Running(server, server.getDivision(groupId));
        } catch (IOException | RuntimeException e) {
            if (server != null) {
                closeQuietly(server);
            }
            throw explained(e);
        }
    }

    private RaftServer build(StateMachine machine) throws IOException {
        return RaftServer.newBuilder()
                .setServerId(RaftPeerId.valueOf(config.memberId()))
                .setGroup(RaftGroup.valueOf(groupId,
                        config.peers().stream().map(RaftMember::peer).toList()))
                .setStateMachineRegistry(id -> machine)
                .setThreadGroup(new RaftThreads(config.memberId(), fatal))
                .setProperties(RatisSettings.properties(config, data.raftDirectory()))
                .setParameters(RatisSettings.parameters(config))
                .setOption(data.wasStarted()
                        ? RaftStorage.StartupOption.RECOVER
                        : RaftStorage.StartupOption.FORMAT)
                .build();
    }

    /** Puts an entry into the log, on the calling thread up to the log's own. */
    CompletableFuture<RaftClientReply> append(EntryMessage message, long sequence)
            throws IOException {
        // the division itself: the server's method of the same name hands over to a pool and waits
        Running now = running();
        return ((RaftClientAsynchronousProtocol) now.division())
                .submitClientRequestAsync(RaftClientRequest.newBuilder()
                        .setClientId(clientId)
                        .setServerId(now.server().getId())
                        .setGroupId(groupId)
                        .setCallId(sequence)
                        .setMessage(message)
                        .setType(RaftClientRequest.writeRequestType())
                        .build());
    }

    /** True where this member leads and has applied what was committed before it did. */
    boolean isServing() {
        Running now = running;
        return now != null && now.division().getInfo().isLeaderReady();
    }

    long term() {
        return running().division().getInfo().getCurrentTerm();
    }

    Optional<String> leaderId() {
        Running now = running;
        return now == null
                ? Optional.empty()
                : Optional.ofNullable(now.division().getInfo().getLeaderId())
                        .map(RaftPeerId::toString);
    }

    /** Where clients find a member. */
    Optional<String> clientAddress(String memberId) {
        return config.peers()
                .stream()
                .filter(peer -> peer.id().equals(memberId))
                .map(MemberConfig.Peer::clientAddress)
                .findFirst();
    }

    /** Another member that leads. */
    Optional<String> leaderHint() {
        return leaderId().filter(id -> !id.equals(config.memberId())).flatMap(this::clientAddress);
    }

    /** True where Ratis closed itself: after a long pause of the process, or after an error. */
    boolean isDead() {
        Running now = running();
        return isDead(now.server().getLifeCycleState())
                || isDead(now.division().getInfo().getLifeCycleState());
    }

    /** True where it leads, but no majority has answered for so long. */
    boolean leadsWithoutMajority(long millis) {
        DivisionInfo info = running().division().getInfo();
        if (config.isSingle() || !info.isLeader()) {
            return false;
        }
        RoleInfoProto role = info.getRoleInfoProto();
        long heard = role.getLeaderInfo()
                .getFollowerInfoList()
                .stream()
                .filter(follower -> follower.getLastRpcElapsedTimeMs() <= millis)
                .count();
        return role.hasLeaderInfo() && role.getRoleElapsedTimeMs() > millis
                && 2 * (heard + 1) <= role.getLeaderInfo().getFollowerInfoCount() + 1;
    }

    /** Stops leading. Ratis itself would not, as long as writes keep arriving. */
    void stepDown() throws IOException {
        RaftServer server = running().server();
        var _ = server
                .transferLeadershipAsync(new TransferLeadershipRequest(ClientId.randomId(),
                        server.getId(), groupId, lastAdminCall.incrementAndGet(), null,
                        config.timings().electionMax().toMillis()));
    }

    /** Drops log files that a snapshot has made superfluous, but for the tail. */
    void purgeLog(long snapshotIndex) {
        Running now = running;
        if (now != null) {
            var _ = now.division().getRaftLog().purge(snapshotIndex);
        }
    }

    @Override
    public void close() {
        Running now = running;
        if (now != null) {
            closeQuietly(now.server());
        }
    }

    private Running running() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("Raft is not started yet");
        }
        return now;
    }

    private static boolean isDead(LifeCycle.State state) {
        return state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION;
    }

    private static RaftPeer peer(MemberConfig.Peer peer) {
        return RaftPeer.newBuilder()
                .setId(peer.id())
                .setAddress(peer.raftAddress())
                .setClientAddress(peer.clientAddress())
                .build();
    }

    private static void closeQuietly(RaftServer server) {
        try {
            server.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("closing Raft failed", e);
        }
    }

    private IOException explained(Exception e) {
        Throwable deepest = e;
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DamagedFileException damaged) {
                return damaged;
            }
            deepest = cause;
        }
        return new IOException("start Raft in %s, listening on %s: %s".formatted(
                data.raftDirectory(), config.raftAddress(), deepest.getMessage()), e);
    }
}
