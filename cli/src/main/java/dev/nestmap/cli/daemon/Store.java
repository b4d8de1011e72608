package dev.nestmap.cli.daemon;

/** A member of the store in this process. The caller closes it. */
public interface Store extends AutoCloseable {
    /** Where it listens for clients. */
    int port();

    /** Returns when it has stopped, by {@link #close} or because it could not go on. */
    void awaitTermination() throws InterruptedException;

    /** Stops it; what was acknowledged is on disk already. */
    @Override
    void close();
}
