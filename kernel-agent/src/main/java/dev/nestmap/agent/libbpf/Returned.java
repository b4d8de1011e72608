package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** What a call of libbpf gave back: a number of its own, or a negative errno. */
final class Returned {
    private Returned() {}

    /** The number, if it is no errno. */
    static int check(int result, String operation) throws KernelException {
        if (result < 0) {
            throw new KernelException(operation, -result);
        }
        return result;
    }

    /** What a call wrote where it was asked for an element or a key; empty where there is none. */
    static Optional<Bytes> bytes(int result, MemorySegment written, String operation)
            throws KernelException {
        return found(result, operation) ? Optional.of(MapFd.bytes(written)) : Optional.empty();
    }

    /** False where the answer is ENOENT, which is no failure of a call that looks for an element. */
    static boolean found(int result, String operation) throws KernelException {
        if (result == -Errno.ENOENT.number()) {
            return false;
        }
        check(result, operation);
        return true;
    }
}
