package dev.nestmap.client;

/** The members of the store; waits and throws as {@link MapHandle} does. */
public final class Cluster {
    private final AsyncCluster async;

    Cluster(AsyncCluster async) {
        this.async = async;
    }

    /** The state of whichever member answers first, the presumed leader before others. */
    public Answer<MemberStatus> status() {
        return Wait.on(async.status());
    }

    /** The state of one member, asked once: that it cannot be reached is an answer too. */
    public Answer<MemberStatus> status(String target) {
        return Wait.on(async.status(target));
    }
}
