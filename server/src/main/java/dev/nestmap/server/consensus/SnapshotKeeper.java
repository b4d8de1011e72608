package dev.nestmap.server.consensus;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.server.storage.Durable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotRetentionPolicy;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a snapshot is due and writes it on a thread of its own, while entries go on being applied. Ratis' own trigger counts
 * entries only and takes the snapshot on the thread that applies.
 */
final class SnapshotKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final int RETAINED = 2;
    private static final SnapshotRetentionPolicy RETENTION = new SnapshotRetentionPolicy() {
        @Override
        public int getNumSnapshotsRetained() {
            return RETAINED;
        }
    };

    /** Writes and forces a root's file; gives the MD5 of its bytes. */
    @FunctionalInterface
    interface Writer {
        byte[] write(FleetState state, Path file) throws IOException;
    }

    private final Limits limits;
    private final Duration interval;
    private final Writer writer;
    private final SimpleStateMachineStorage storage;
    private final LongConsumer purgeLog;
    private final ExecutorService thread;
    /** Entries applied after the root that was last written or read. Guarded by this. */
    private long entries;
    /** Their size. Guarded by this. */
    private long bytes;
    /** Guarded by this. */
    private long lastStartNanos = System.nanoTime();
    /** The one that is being written. Guarded by this. */
    private @Nullable CompletableFuture<Long> running;
    /** Guarded by this. */
    private boolean closed;

    SnapshotKeeper(MemberConfig config, Writer writer, SimpleStateMachineStorage storage,
            LongConsumer purgeLog) {
        this.limits = config.limits();
        this.interval = config.timings().snapshotInterval();
        this.writer = writer;
        this.storage = storage;
        this.purgeLog = purgeLog;
        this.thread = Executors.newSingleThreadExecutor(Thread.ofPlatform()
                .name("nestmap-snapshot-" + config.memberId())
                .daemon()
                .uncaughtExceptionHandler((dead, e) -> LOG.error("writing a snapshot failed", e))
                .factory());
    }

    /** Removes what a crash left of unfinished snapshots. */
    static void removeUnfinished(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(f -> f.toString().endsWith(".tmp")).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Counts an applied entry; starts a snapshot where it is due. Called on the thread that applies. */
    synchronized void applied(Applied now, long entryBytes) {
        entries++;
        bytes += entryBytes;
        if (running == null
                && (entries >= limits.snapshotEntries() || bytes >= limits.snapshotBytes())) {
            var _ = start(now);
        }
    }

    /** Starts a snapshot where the last one is long ago. Called from time to time. */
    synchronized void tick(Applied now) {
        if (running == null && entries > 0
                && System.nanoTime() - lastStartNanos > interval.toNanos()) {
            var _ = start(now);
        }
    }

    /** Starts a snapshot, if none is being written; gives the index that will be on disk. */
    synchronized CompletableFuture<Long> take(Applied now) {
        CompletableFuture<Long> current = running;
        return current != null ? current : start(now);
    }

    /** The state was read from a snapshot that holds all there is. */
    synchronized void restarted() {
        entries = 0;
        bytes = 0;
        lastStartNanos = System.nanoTime();
    }

    /** The last index in a finished snapshot; -1: none. */
    long lastIndex() {
        SingleFileSnapshotInfo latest = storage.getLatestSnapshot();
        return latest == null ? TermIndex.INITIAL_VALUE.getIndex() : latest.getIndex();
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        thread.shutdownNow();
        try {
            if (!thread.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("a snapshot is still being written; it will not be used");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized CompletableFuture<Long> start(Applied root) {
        restarted();
        CompletableFuture<Long> result = new CompletableFuture<>();
        if (root.termIndex().getIndex() <= lastIndex()) {
            result.complete(lastIndex());
            return result;
        }
        running = result;
        try {
            thread.execute(() -> run(root, result));
        } catch (RejectedExecutionException e) {
            running = null;
            result.completeExceptionally(e);
        }
        return result;
    }

    private void run(Applied root, CompletableFuture<Long> result) {
        long index = root.termIndex().getIndex();
        try {
            write(root);
            synchronized (this) {
                running = null;
            }
            purgeLog.accept(index);
            result.complete(index);
        } catch (IOException | RuntimeException | Error e) {
            boolean expected;
            synchronized (this) {
                running = null;
                // Ratis replaces the whole directory when it installs the leader's snapshot
                expected = closed || lastIndex() >= index;
            }
            if (!expected) {
                LOG.error(
                        "the snapshot at log index {} could not be written; the log grows until one can: look for free space and errors of the disk. The next try is when the next one is due",
                        index, e);
            }
            result.completeExceptionally(e);
        }
    }

    /** The checksum's file is there before the snapshot has its name: a snapshot without one might be preferred to by Ratis. */
    private void write(Applied root) throws IOException {
        TermIndex at = root.termIndex();
        long startNanos = System.nanoTime();
        Path file = storage.getSnapshotFile(at.getTerm(), at.getIndex()).toPath();
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        byte[] digest = writer.write(root.state(), temporary);
        MD5Hash md5 = MD5Hash.newInstance(digest);
        MD5FileUtil.saveMD5File(file.toFile(), md5);
        Durable.move(temporary, file);
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file, md5),
                at.getTerm(), at.getIndex()));
        storage.cleanupOldSnapshots(RETENTION);
        LOG.info("wrote snapshot {} of revision {}: {} bytes in {} ms", file.getFileName(),
                root.state().revision(), Files.size(file),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos));
    }
}
