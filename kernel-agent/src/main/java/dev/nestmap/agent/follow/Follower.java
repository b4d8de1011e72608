package dev.nestmap.agent.follow;

import dev.nestmap.agent.reconcile.Desired;

/** What a follower hears. Called by one thread at a time. */
public interface Follower {
    /** The contents of what is wanted are new, or may be; told before {@link #wants} of the same state, and of no other. */
    void changed(String clusterId, Desired desired);

    /** The store wants this now; everything before it counts no more. */
    void wants(Desired desired, long receivedNanos);

    /** How the connection stands: whom it is to, and why it is not there where it is not. */
    void connection(Connection connection);

    /**
     * A connection to the store, or the lack of one.
     *
     * @param established a stream is open, and the store has sent something
     * @param server the member that is or was followed, or is being tried
     * @param trouble a sentence; empty while established
     * @param stopped there will be no further attempt
     */
    record Connection(boolean established, String server, String trouble, boolean stopped) {}
}
