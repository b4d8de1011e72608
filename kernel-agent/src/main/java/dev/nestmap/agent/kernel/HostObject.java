package dev.nestmap.agent.kernel;

/**
 * A program or a cgroup of this host, which a map's value names by a file descriptor. Whoever opened it closes it; what was
 * written into a map stays.
 */
public interface HostObject extends AutoCloseable {
    /** What goes into a value: valid until this is closed. */
    int descriptor();

    /** What tells it from others: of a program the kernel's id, which is also what the value is read back as. */
    int id();

    /** Lets go. Closing twice does nothing. */
    @Override
    void close();
}
