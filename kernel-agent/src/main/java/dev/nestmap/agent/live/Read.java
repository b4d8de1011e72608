package dev.nestmap.agent.live;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.proto.v1.LiveAnswer;
import org.jspecify.annotations.Nullable;

/** One read under way. For one thread. */
interface Read extends AutoCloseable {
    /** The next part of the answer; null where there is none yet, and more is to be read. The end is the last. */
    LiveAnswer.@Nullable Builder next() throws KernelException;

    @Override
    void close();
}
