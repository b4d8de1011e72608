package dev.nestmap.agent.kernel.simulated;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Errno;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What goes wrong in a simulated kernel that would go well by its rules. Also a place to watch what it is
 * asked.
 */
@FunctionalInterface
public interface Faults {
    /**
     * Called before each operation and before each element of a batch, with the kernel locked, so in one order
     * over all threads.
     *
     * @param operation as in the message of a failure: {@code update "routes" key 01 00 00 00}
     * @throws KernelException to make the operation fail without effect
     */
    void before(String operation) throws KernelException;

    /** Nothing goes wrong. */
    static Faults none() {
        return _ -> {};
    }

    /** The n-th operation from now fails, counted from 1; those before and behind it do not. */
    static Faults failNth(int n, Errno errno) {
        AtomicInteger left = new AtomicInteger(n);
        return operation -> {
            if (left.getAndDecrement() == 1) {
                throw new KernelException(operation, errno, "injected");
            }
        };
    }

    /** Every operation fails whose words begin so. */
    static Faults failAll(String operationPrefix, Errno errno) {
        return operation -> {
            if (operation.startsWith(operationPrefix)) {
                throw new KernelException(operation, errno, "injected");
            }
        };
    }
}
