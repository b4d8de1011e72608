package dev.nestmap.agent.kernel;

/** Something of this host that is being listened to, until it is closed. */
public interface HostWatch extends AutoCloseable {
    /** Listens no more; a call that is under way may still come. Closing twice does nothing. */
    @Override
    void close();
}
