package dev.nestmap.server.consensus;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.proto.v1.LogEntry;
import dev.nestmap.proto.v1.Write;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftClientReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into the log. While one entry is on its way, later writes and reads gather for the next: N callers at once cost few
 * entries and few fsyncs. Callers are answered when the entry is applied here, found by this process's id and a count.
 */
final class Coalescer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Coalescer.class);
    private static final Duration LAST_ENTRY_TIMEOUT = Duration.ofSeconds(1);
    private static final int SLOW_BYTES_PER_MILLI = 4 << 10;

    /** Puts an entry into the log. */
    @FunctionalInterface
    interface Log {
        CompletableFuture<RaftClientReply> append(EntryMessage message, long sequence)
                throws IOException;
    }

    private final Limits limits;
    private final Duration deadline;
    private final Log log;
    private final Supplier<Optional<String>> leaderHint;
    private final Executor replies;
    private final WriteQueue queue;
    private final ByteString origin;
    private final Thread thread;
    /** Entries of this process. Owned by {@link #thread}. */
    private long lastSequence;
    private volatile @Nullable InFlight inFlight;

    Coalescer(MemberConfig config, Log log, Supplier<Optional<String>> leaderHint,
            Executor replies, FatalOnce fatal) {
        this.limits = config.limits();
        this.deadline = config.timings().entryDeadline();
        this.log = log;
        this.leaderHint = leaderHint;
        this.replies = replies;
        this.queue = new WriteQueue(limits);
        this.origin = newOrigin();
        this.thread = Thread.ofPlatform()
                .name("nestmap-coalescer-" + config.memberId())
                .daemon()
                .uncaughtExceptionHandler((dead, e) -> fatal
                        .fatal("the thread that fills the log ended: " + e, e))
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    CompletableFuture<Committed> submit(Write write) {
        int sizeBytes = write.getSerializedSize();
        if (sizeBytes > limits.writeBytes()) {
            // before Ratis sees it: an entry that it refuses itself costs it a permit for ever
            return CompletableFuture.failedFuture(
                    new EntryTooLargeException(sizeBytes, limits.writeBytes()));
        }
        CompletableFuture<Committed> answer = new CompletableFuture<>();
        try {
            return queue
                    .add(new WriteQueue.Waiting(write, sizeBytes, System.nanoTime(), answer))
                            ? answer
                            : CompletableFuture.failedFuture(notLeader());
        } catch (OverloadedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The root after an entry that enters the log from now on. */
    CompletableFuture<FleetState> barrier() {
        try {
            CompletableFuture<FleetState> barrier = queue.nextBarrier();
            return barrier == null
                    ? CompletableFuture.failedFuture(notLeader())
                    : barrier.copy();
        } catch (OverloadedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Called on the thread that applies, for every entry, whoever appended it. */
    void applied(LogEntry entry, List<Committed> results, FleetState after) {
        InFlight waiting = inFlight;
        if (waiting != null && waiting.sequence() == entry.getSequence()
                && origin.equals(entry.getOrigin())) {
            waiting.applied(results, after);
        }
    }

    /** Answers those who have waited for too long, also where the append itself hangs. Called from time to time. */
    void expire() {
        InFlight waiting = inFlight;
        if (waiting != null && waiting.isOverdue()) {
            waiting.failed(unknown("it was not applied within " + waiting.deadline()), notLeader());
        }
        WriteQueue.Batch old = queue.takeOlderThan(deadline);
        if (!old.writes().isEmpty() || old.barrier() != null) {
            replies.execute(() -> old.fail(new OverloadedException(
                    "the write waited %s for the log without getting there; it was not applied"
                            .formatted(deadline)),
                    notLeader()));
        }
    }

    /** Fails what waits, gives the entry under way a moment to end. */
    @Override
    public void close() {
        queue.close().fail(notLeader(), notLeader());
        InFlight waiting = inFlight;
        try {
            if (waiting != null && !waiting.await(LAST_ENTRY_TIMEOUT)) {
                waiting.failed(unknown("the member was closed"), notLeader());
            }
            thread.join(LAST_ENTRY_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            for (InFlight current = next(); current != null; current = next()) {
                if (!current.await(current.deadline())) {
                    current.failed(unknown("it was not applied within " + current.deadline()),
                            notLeader());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The entry that was appended; null at the end. While it is on its way nobody holds its writes but the log. */
    private @Nullable InFlight next() throws InterruptedException {
        WriteQueue.Batch batch = queue.take();
        return batch == null ? null : append(batch);
    }

    private InFlight append(WriteQueue.Batch batch) {
        lastSequence++;
        LogEntry.Builder entry = LogEntry.newBuilder()
                .setFormat(EntryApplier.FORMAT)
                .setOrigin(origin)
                .setSequence(lastSequence);
        batch.writes().forEach(waiting -> entry.addWrites(waiting.write()));
        EntryMessage message = new EntryMessage(entry.build());
        InFlight current = new InFlight(lastSequence, batch, deadline(message), replies);
        inFlight = current;
        try {
            var _ = log.append(message, lastSequence).whenComplete((reply, error) -> {
                Throwable failure = error != null ? error : reply.getException();
                if (failure != null) {
                    fail(current, message, failure);
                }
            });
        } catch (IOException | RuntimeException e) {
            fail(current, message, e);
        }
        return current;
    }

    /** A large entry may take longer, by what a slow disk or link needs for it. */
    private Duration deadline(EntryMessage message) {
        return deadline.plusMillis(message.getContent().size() / SLOW_BYTES_PER_MILLI);
    }

    private void fail(InFlight current, EntryMessage message, Throwable failure) {
        LOG.debug("entry {} got no answer", current.sequence(), failure);
        current.failed(message.mayBeInLog()
                ? unknown("this member stopped leading: " + failure.getMessage())
                : notLeader(), notLeader());
    }

    private NotLeaderException notLeader() {
        return new NotLeaderException(leaderHint.get());
    }

    private static OutcomeUnknownException unknown(String why) {
        return new OutcomeUnknownException(
                "the write may or may not be applied: %s; sending it again with the same request id is safe"
                        .formatted(why));
    }

    private static ByteString newOrigin() {
        UUID id = UUID.randomUUID();
        return UnsafeByteOperations.unsafeWrap(ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array());
    }
}
