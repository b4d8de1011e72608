package dev.nestmap.client;

import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Knows the members and presumes which of them leads. Every call and stream begins at {@link #presumedLeader} and says
 * where it {@link #failed}; the client's own also say who {@link #answered}, by which a leader is found where nothing
 * fails. Together with {@link Pace} it is all that a loop needs which must find the leader again. Safe for many threads.
 */
public final class LeaderConnections implements AutoCloseable {
    /** More than any cluster has; what a confused server names beyond is not remembered. */
    private static final int MOST_MEMBERS = 32;

    private final Channels channels;
    private final LeaderDiscovery discovery;
    private final Object lock = new Object();
    // The following are guarded by lock.
    private final List<String> members;
    private String presumed;
    private boolean everAnswered;
    private boolean closed;

    /** Nothing is sent before the first call. */
    public LeaderConnections(ClientOptions options) {
        this.channels = new Channels(options.maxMessageBytes());
        this.discovery = new LeaderDiscovery(this, options.attemptTimeout());
        this.members = new ArrayList<>(options.targets());
        this.presumed = members.getFirst();
    }

    /** The way to the member that leads as far as is known; {@link NestmapException.Kind#CLOSED} after close. */
    public Connection presumedLeader() {
        String target;
        synchronized (lock) {
            target = presumed;
        }
        return channels.connection(target);
    }

    /** The way to one member, whether it leads or not. */
    Connection to(String target) {
        return channels.connection(Target.complete(target));
    }

    /** The members that are known, host:port, the given ones first. */
    List<String> targets() {
        synchronized (lock) {
            return List.copyOf(members);
        }
    }

    /**
     * A call or stream failed in a way after which it may be sent again: goes to the leader that the error names, stays
     * where the member is only overloaded, else turns to the next member.
     *
     * @return whom to ask now
     */
    public Connection failed(Connection asked, Throwable error) {
        Optional<StoreError> storeError = ErrorCodec.storeError(error);
        Optional<String> leader = ErrorCodec.leader(error).flatMap(Target::ifValid);
        synchronized (lock) {
            everAnswered |= storeError.isPresent();
            boolean stay = storeError.equals(Optional.of(StoreError.OVERLOADED));
            // Many calls fail together when a member does: the first of them moves on for all.
            if (presumed.equals(asked.target()) && !stay) {
                presumed = leader.filter(named -> !named.equals(presumed)).orElseGet(this::next);
                remember(presumed);
            }
        }
        return presumedLeader();
    }

    /** A member answered. In a new term, looks in the background for the leader and goes there when it is found. */
    void answered(Connection asked, Origin origin) {
        heard();
        discovery.answered(asked, origin);
    }

    /** A member answered, if only with a refusal. */
    void heard() {
        synchronized (lock) {
            everAnswered = true;
        }
    }

    /** True where any member has ever answered. */
    boolean everAnswered() {
        synchronized (lock) {
            return everAnswered;
        }
    }

    boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    /** This address is known to be a member of the cluster that answers us. */
    void learn(String target) {
        synchronized (lock) {
            remember(target);
        }
    }

    /** This address is known to be the leader's; ignored where somebody has turned away from {@code from} since. */
    void prefer(String from, String leader) {
        synchronized (lock) {
            if (presumed.equals(from)) {
                presumed = leader;
            }
        }
    }

    /** Ends all calls and streams. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        channels.close();
    }

    private String next() {
        return members.get((members.indexOf(presumed) + 1) % members.size());
    }

    private void remember(String target) {
        if (!members.contains(target) && members.size() < MOST_MEMBERS) {
            members.add(target);
        }
    }
}
