package dev.nestmap.client;

import dev.nestmap.client.NestmapException.Kind;
import io.grpc.ConnectivityState;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One channel for each member, made when it is first asked for. Safe for many threads. */
final class Channels implements AutoCloseable {
    private static final int KEEPALIVE_SECONDS = 10;
    private static final int KEEPALIVE_TIMEOUT_SECONDS = 5;

    private final int maxMessageBytes;
    // Guarded by this.
    private final Map<String, ManagedChannel> channels = new HashMap<>();
    // Guarded by this.
    private boolean closed;

    Channels(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /** The channel to host:port; {@link Kind#CLOSED} after close. */
    synchronized Connection connection(String target) {
        if (closed) {
            throw new NestmapException(Kind.CLOSED, "the client is closed", null);
        }
        ManagedChannel channel = channels.computeIfAbsent(target, this::open);
        // A channel that failed answers from memory until its own backoff, up to two minutes, is over. How often we
        // try is our caller's business, so a new attempt is a real one.
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.enterIdle();
        }
        return new Connection(target, channel);
    }

    @Override
    public synchronized void close() {
        closed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
    }

    private ManagedChannel open(String target) {
        // No service config, hence no retries but the transparent ones of calls that no server has seen.
        return Grpc.newChannelBuilder("dns:///" + target, InsecureChannelCredentials.create())
                .disableServiceConfigLookUp()
                .maxInboundMessageSize(maxMessageBytes)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .build();
    }
}
