package dev.nestmap.cli.daemon;

import dev.nestmap.agent.NestmapAgent;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Gives memory back to the host once an agent has come to rest. Taking up maps leaves a heap several times as large as what stays in
 * it, and a collector that nobody asks for room does not look. So it is asked once after each such time, and not while anything
 * is being received: the collection stops the agent for a moment.
 */
final class HeapAtRest {
    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final long QUIET_NANOS = Duration.ofSeconds(5).toNanos();
    /** Less is not worth a pause. */
    private static final long GROWTH_BYTES = 24L << 20;
    private static final long GROWTH_PART = 4;

    private final LongSupplier heapBytes;
    private final Runnable collect;
    private long seenRevision;
    private long seenBytes;
    private long quietSinceNanos;
    /** What the heap was after it was last collected for this reason. */
    private long keptBytes;

    /**
     * For one thread.
     *
     * @param heapBytes what the heap takes of the host
     * @param collect frees what it can of it
     */
    HeapAtRest(LongSupplier heapBytes, Runnable collect, long nowNanos) {
        this.heapBytes = heapBytes;
        this.collect = collect;
        this.quietSinceNanos = nowNanos;
    }

    /** Watches in a thread of its own, which ends with the process. */
    static void watch(NestmapAgent agent) {
        HeapAtRest heap = new HeapAtRest(Runtime.getRuntime()::totalMemory, System::gc,
                System.nanoTime());
        Thread.ofVirtual().name("nestmap-heap").start(() -> {
            try {
                while (true) {
                    Thread.sleep(INTERVAL);
                    heap.look(agent.status().receivedRevision(), System.nanoTime());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** To be called again and again. */
    void look(long revision, long nowNanos) {
        long bytes = heapBytes.getAsLong();
        if (revision != seenRevision || bytes != seenBytes) {
            seenRevision = revision;
            seenBytes = bytes;
            quietSinceNanos = nowNanos;
        } else if (nowNanos - quietSinceNanos >= QUIET_NANOS
                && bytes - keptBytes >= Math.max(GROWTH_BYTES, keptBytes / GROWTH_PART)) {
            collect.run();
            keptBytes = heapBytes.getAsLong();
            seenBytes = keptBytes;
        }
    }
}
