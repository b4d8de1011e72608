package dev.nestmap.agent.kernel;

import java.nio.ByteBuffer;

/**
 * The elements of an array with BPF_F_MMAPABLE in the memory of this process: the value of index i begins at i * {@link #strideBytes}.
 * For the thread that asked for it.
 */
public interface ArrayMemory extends AutoCloseable {
    /** All of it; not to be touched after {@link #close}. Where it is for writing, programs see each write at once. */
    ByteBuffer bytes();

    /** From one value to the next: value_size rounded up to 8. */
    int strideBytes();

    /** Takes it out of this process. The kernel freezes no map that is mapped for writing. */
    @Override
    void close();
}
