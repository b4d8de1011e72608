package dev.nestmap.cli.demo;

import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells how long a change took from its commit to the kernel. Both ends are seen by this process: the commit when a
 * watch brings it or the writer has its answer, whichever is first, and the kernel when the agent says so. Close it
 * before the client.
 */
final class Stopwatch implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final NestmapAgent agent;
    private final Watch watch;
    /** System.nanoTime by revision; written by the watching thread, read by the demo's. */
    private final ConcurrentNavigableMap<Long, Long> commits = new ConcurrentSkipListMap<>();

    Stopwatch(NestmapClient client, NestmapAgent agent) {
        this.agent = agent;
        this.watch = client.watch(WatchOptions.everything());
        Thread.ofVirtual().name("nestmap-demo-watch").start(this::follow);
    }

    private void follow() {
        try {
            while (watch.hasNext()) {
                WatchEvent event = watch.next();
                commits.put(event.revision(), System.nanoTime());
            }
        } catch (NestmapException e) {
            // Without it the answers of the writes still tell the time, a little later.
        }
    }

    /** Begins to wait for a revision before it is made, so that the moment is not missed; empty: it never came. */
    CompletableFuture<OptionalLong> expect(long revision) {
        CompletableFuture<OptionalLong> applied = new CompletableFuture<>();
        Thread.ofVirtual().name("nestmap-demo-applied").start(() -> {
            try {
                applied.complete(agent.awaitApplied(revision, PATIENCE)
                        ? OptionalLong.of(System.nanoTime())
                        : OptionalLong.empty());
            } catch (InterruptedException e) {
                applied.complete(OptionalLong.empty());
            }
        });
        return applied;
    }

    /**
     * Nanoseconds from commit to kernel; empty where the kernel did not get there in time.
     *
     * @param answeredNanos System.nanoTime when the writer had its answer
     */
    OptionalLong elapsed(long revision, long answeredNanos, CompletableFuture<OptionalLong> applied)
            throws InterruptedException {
        OptionalLong kernel = get(applied);
        if (kernel.isEmpty()) {
            return OptionalLong.empty();
        }
        Map.Entry<Long, Long> seen = commits.ceilingEntry(revision);
        long commit = seen == null || seen.getValue() - answeredNanos > 0
                ? answeredNanos
                : seen.getValue();
        return OptionalLong.of(Math.max(0, kernel.getAsLong() - commit));
    }

    private static OptionalLong get(CompletableFuture<OptionalLong> applied)
            throws InterruptedException {
        try {
            return applied.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
