package dev.nestmap.agent.kernel;

/**
 * The right to be the only agent under one pin root. Ends when closed, and with the process however that ends.
 */
public interface PinRootLock extends AutoCloseable {
    /**
     * True while the path still leads to the directory that is locked. A file system that is unmounted lazily, and a directory that is
     * removed, live on unseen for those who hold them.
     */
    boolean isInPlace();

    /** Lets go. Closing twice does nothing. */
    @Override
    void close();
}
