package dev.nestmap.cli.demo;

import dev.nestmap.agent.NestmapAgent;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.Watch;
import dev.nestmap.client.WatchEvent;
import dev.nestmap.client.WatchOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells how long a change took from its commit to the kernel. Both ends are seen by this process: the kernel when the
 * agent says so, the commit when the first of three hears of it: a watch, the writer by its answer, the agent. Close it
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
    CompletableFuture<Optional<Applied>> expect(long revision) {
        CompletableFuture<Optional<Applied>> applied = new CompletableFuture<>();
        Thread.ofVirtual().name("nestmap-demo-applied").start(() -> {
            try {
                applied.complete(agent.awaitApplied(revision, PATIENCE)
                        ? Optional.of(new Applied(System.nanoTime(),
                                agent.status().lastApply().toNanos()))
                        : Optional.empty());
            } catch (InterruptedException e) {
                applied.complete(Optional.empty());
            }
        });
        return applied;
    }

    /**
     * Nanoseconds from commit to kernel; empty where the kernel did not get there in time.
     *
     * @param answeredNanos System.nanoTime when the writer had its answer
     */
    OptionalLong elapsed(long revision, long answeredNanos,
            CompletableFuture<Optional<Applied>> expected) throws InterruptedException {
        Optional<Applied> applied = get(expected);
        if (applied.isEmpty()) {
            return OptionalLong.empty();
        }
        long sinceAnswer = applied.get().nanos() - answeredNanos;
        Map.Entry<Long, Long> seen = commits.ceilingEntry(revision);
        long sinceWatch = seen == null ? 0 : applied.get().nanos() - seen.getValue();
        return OptionalLong.of(Math.max(Math.max(sinceAnswer, sinceWatch),
                applied.get().agentNanos()));
    }

    /**
     * A revision is in the kernel.
     *
     * @param nanos System.nanoTime when that was seen
     * @param agentNanos how long the agent took since it had received it
     */
    record Applied(long nanos, long agentNanos) {}

    private static Optional<Applied> get(CompletableFuture<Optional<Applied>> applied)
            throws InterruptedException {
        try {
            return applied.get(2 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        watch.close();
    }
}
