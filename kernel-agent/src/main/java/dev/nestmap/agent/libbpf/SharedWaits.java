package dev.nestmap.agent.libbpf;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Calls that each wait for an RCU grace period, made by many threads at once: those that wait at the same time wait for the same one. A
 * kernel that takes such calls in batches does not need this.
 */
final class SharedWaits {
    /** One grace period of about 10 ms for so many; more threads cost more than they save. */
    private static final int MOST_THREADS = 128;

    private SharedWaits() {}

    /** What is done with a key. */
    interface Call {
        boolean of(Bytes key) throws KernelException;
    }

    /** All are tried; the first failure, in the order of the keys, is thrown. */
    static void forEach(List<Bytes> keys, Call call) throws KernelException {
        if (keys.size() < 2) {
            for (Bytes key : keys) {
                boolean _ = call.of(key);
            }
            return;
        }
        List<Callable<Boolean>> calls = new ArrayList<>(keys.size());
        keys.forEach(key -> calls.add(() -> call.of(key)));
        try (ExecutorService threads = Executors.newFixedThreadPool(
                Math.min(MOST_THREADS, keys.size()),
                Thread.ofPlatform().name("nestmap-slot-", 0).factory())) {
            for (Future<Boolean> done : threads.invokeAll(calls)) {
                boolean _ = done.get();
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case KernelException refusal -> throw refusal;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts it; if somebody did, it would be to end it.
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while slots were emptied", e);
        }
    }
}
