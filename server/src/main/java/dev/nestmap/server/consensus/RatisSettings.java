package dev.nestmap.server.consensus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.server.GrpcServices;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is set up. Only what differs from its defaults, each with its reason. */
final class RatisSettings {
    private static final SizeInBytes MIB = SizeInBytes.ONE_MB;
    /** One entry's frame, and Raft's own fields around many entries in one call. */
    private static final int OVERHEAD_MIB = 1;

    private RatisSettings() {}

    static RaftProperties properties(MemberConfig config, Path raftDirectory) {
        RaftProperties properties = new RaftProperties();
        storage(properties, config, raftDirectory);
        sizes(properties, config.limits());
        timings(properties, config);
        network(properties, config);
        return properties;
    }

    /** Lets the other members in, and nobody else: Ratis' admin and client calls know no authorisation. */
    static Parameters parameters(MemberConfig config) {
        Parameters parameters = new Parameters();
        String allowed = config.isSingle()
                ? "nobody"
                : RaftServerProtocolServiceGrpc.SERVICE_NAME;
        GrpcServices.Customizer customizer = (builder, types) -> builder
                .intercept(onlyService(allowed));
        GrpcConfigKeys.Server.setServicesCustomizer(parameters, customizer);
        return parameters;
    }

    private static void storage(RaftProperties properties, MemberConfig config,
            Path raftDirectory) {
        RaftServerConfigKeys.setStorageDir(properties, List.of(raftDirectory.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(properties,
                raftDirectory.resolve("removed").toFile());
        // a damaged log is for a human to look at; the other policy drops what follows the damage
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties,
                RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // neither of these two is durable
        RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, false);
        RaftServerConfigKeys.Log.setUnsafeFlushEnabled(properties, false);
        // an extra entry and fsync per commit, only to remember the commit index
        RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
        RaftServerConfigKeys.Log.setForceSyncNum(properties, 1024);
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties,
                SizeInBytes.valueOf(config.limits().logSegmentBytes()));
        // SnapshotKeeper decides when, and purges
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
        // a dead follower must not fill the leader's disk
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
        RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties,
                config.limits().logTailEntries());
    }

    /** An entry of the largest size must pass everywhere: Ratis refuses some too late, and then for ever. */
    private static void sizes(RaftProperties properties, Limits limits) {
        SizeInBytes entryMax = SizeInBytes
                .valueOf(Limits.WRITE_BYTES_MAX + OVERHEAD_MIB * MIB.getSize());
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, entryMax);
        RaftServerConfigKeys.Log.setWriteBufferSize(properties,
                SizeInBytes.valueOf(entryMax.getSize() + MIB.getSize()));
        GrpcConfigKeys.setMessageSizeMax(properties,
                SizeInBytes.valueOf(2 * entryMax.getSize()));
        RaftServerConfigKeys.Write.setByteLimit(properties,
                SizeInBytes.valueOf(2 * entryMax.getSize()));
        RaftServerConfigKeys.Log.setQueueByteLimit(properties,
                SizeInBytes.valueOf(2 * entryMax.getSize()));
        // to a follower that is behind, each would be filled up to the size of the largest entry; the coalescer
        // has one entry on its way at a time, so more would not be faster
        GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(properties, 2);
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties,
                SizeInBytes.valueOf(4 * MIB.getSize()));
        RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
        RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties,
                SizeInBytes.valueOf(Math.max(2L * limits.logSegmentBytes(), 64 * MIB.getSize())));
    }

    private static void timings(RaftProperties properties, MemberConfig config) {
        Timings timings = config.timings();
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, duration(timings.electionMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, duration(timings.electionMax()));
        // the largest entry over a slow link; heartbeats have a connection of their own
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties,
                duration(timings.entryDeadline().multipliedBy(2)));
        // a single member has nobody to wait for
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties,
                config.isSingle()
                        ? TimeDuration.ONE_MILLISECOND
                        : duration(timings.firstElectionMin()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties,
                config.isSingle()
                        ? TimeDuration.valueOf(2, TimeUnit.MILLISECONDS)
                        : duration(timings.firstElectionMax()));
        RaftServerConfigKeys.setSleepDeviationThreshold(properties,
                duration(timings.electionMin()));
        // also how long a member that lost its majority waits before it stands again
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties,
                duration(timings.electionMax().multipliedBy(2)));
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
        RaftServerConfigKeys.Log.Appender.setWaitTimeMin(properties, TimeDuration.ZERO);
        // requests of clients are remembered in the state; Ratis' cache would hold each for a minute
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties,
                duration(timings.entryDeadline().multipliedBy(2)));
    }

    private static void network(RaftProperties properties, MemberConfig config) {
        int colon = config.raftAddress().lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(
                    "raft address \"%s\": must be host:port".formatted(config.raftAddress()));
        }
        GrpcConfigKeys.Server.setHost(properties, config.raftAddress().substring(0, colon));
        GrpcConfigKeys.Server.setPort(properties,
                Integer.parseInt(config.raftAddress().substring(colon + 1)));
    }

    private static ServerInterceptor onlyService(String name) {
        return new ServerInterceptor() {
            @Override
            public <A, B> ServerCall.Listener<A> interceptCall(ServerCall<A, B> call,
                    Metadata headers, ServerCallHandler<A, B> next) {
                if (name.equals(call.getMethodDescriptor().getServiceName())) {
                    return next.startCall(call, headers);
                }
                call.close(Status.PERMISSION_DENIED
                        .withDescription("this port is for the other members"), new Metadata());
                return new ServerCall.Listener<>() {};
            }
        };
    }

    private static TimeDuration duration(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
