package dev.nestmap.agent.kernel;

/**
 * The right to be the only agent under one pin root. Ends when closed, and with the process however that ends.
 */
public interface PinRootLock extends AutoCloseable {
    /** Lets go. Closing twice does nothing. */
    @Override
    void close();
}
