package dev.nestmap.agent.checkpoint;

import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.proto.v1.Hello;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest desired state on the disk. A thread of its own writes, so that a slow or full disk holds up nothing else; while it
 * writes one state, the newer ones that come are not looked at but the last. Any number of threads may call.
 *
 * <p>What is written is the difference to what is in the file, appended; where these differences have outgrown what they began with,
 * the whole state goes into a new file that takes the place of the old. So what is written is bounded by about three times what
 * changed, and a file by about twice the state.
 */
public final class Checkpoint implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
    private static final Duration WRITE_EVERY = Duration.ofMillis(200);
    private static final Duration RETRY_EVERY = Duration.ofSeconds(5);
    private static final long CLOSE_WAIT_MILLIS = 10_000;

    private final Path path;
    private final CheckpointFile file;
    private final Optional<Saved> saved;
    private final Thread thread;
    private final Lock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    // All guarded by the lock.
    private Optional<Kept> newest = Optional.empty();
    private long newestNumber;
    private boolean closed;
    private Optional<String> trouble;
    private long writtenRevision;
    /** On the monotonic clock. */
    private long writtenNanos;

    private record Kept(long number, String clusterId, Desired desired) {}

    private Checkpoint(Path path, CheckpointFile file, Optional<Saved> saved, Duration age,
            Optional<String> trouble) {
        this.path = path;
        this.file = file;
        this.saved = saved;
        this.trouble = trouble;
        this.writtenRevision = saved.map(state -> state.desired().revision()).orElse(0L);
        this.writtenNanos = System.nanoTime() - age.toNanos();
        this.thread = Thread.ofPlatform()
                .name("nestmap-checkpoint")
                .uncaughtExceptionHandler((_, failure) -> {
                    LOG.error("checkpoints are no longer written", failure);
                    failed("a mistake in this program: " + failure);
                })
                .unstarted(this::run);
    }

    /**
     * Reads what an agent before kept, and begins to keep what comes. Never fails: what is wrong is said by {@link #trouble}, and
     * the file is replaced when there is something newer.
     *
     * @param directory made where it is missing; for one agent
     * @param hello whose states these are: node, labels, and the pin root of its facts
     */
    public static Checkpoint open(Path directory, Hello hello) {
        Hello whose = hello.toBuilder().clearIncarnation().build();
        CheckpointFile file = new CheckpointFile(directory, whose);
        Optional<Saved> saved = Optional.empty();
        Optional<String> trouble = Optional.empty();
        try {
            CheckpointFile.Found found = file.open();
            saved = found.saved();
            trouble = found.flaw();
        } catch (IOException e) {
            trouble = Optional.of(words(e));
        }
        trouble = trouble.map(words -> sentence(directory, words));
        trouble.ifPresent(LOG::info);
        Checkpoint checkpoint = new Checkpoint(directory, file, saved, file.age(), trouble);
        checkpoint.thread.start();
        return checkpoint;
    }

    /** The last state that the agent before kept whole; empty where there is none, or none that can be believed. */
    public Optional<Saved> saved() {
        return saved;
    }

    /** What is on the disk now. */
    public Checkpointed written() {
        lock.lock();
        try {
            return new Checkpointed(writtenRevision,
                    Duration.ofNanos(System.nanoTime() - writtenNanos));
        } finally {
            lock.unlock();
        }
    }

    /** What is wrong with reading or writing, as a sentence; empty while the newest state is on the disk or on its way. */
    public Optional<String> trouble() {
        lock.lock();
        try {
            return trouble;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a state from now on, in place of those before. Returns at once. */
    public void keep(String clusterId, Desired desired) {
        lock.lock();
        try {
            newest = Optional.of(new Kept(++newestNumber, clusterId, desired));
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is still to be written, though not for ever, and ends. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            news.signal();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(CLOSE_WAIT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (file) {
            long written = 0;
            while (true) {
                Optional<Kept> next = await(written);
                if (next.isEmpty()) {
                    return;
                }
                boolean done = write(next.get());
                if (done) {
                    written = next.get().number();
                }
                if (!pause(done ? WRITE_EVERY : RETRY_EVERY) && !done) {
                    return;
                }
            }
        }
    }

    private boolean write(Kept next) {
        try {
            file.write(next.clusterId(), next.desired());
        } catch (IOException e) {
            failed(words(e));
            return false;
        }
        lock.lock();
        try {
            trouble.ifPresent(_ -> LOG.info("checkpoint in {}: revision {} is written", path,
                    next.desired().revision()));
            trouble = Optional.empty();
            writtenRevision = next.desired().revision();
            writtenNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void failed(String words) {
        String sentence = sentence(path, words);
        lock.lock();
        try {
            if (!trouble.equals(Optional.of(sentence))) {
                LOG.info(sentence);
            }
            trouble = Optional.of(sentence);
        } finally {
            lock.unlock();
        }
    }

    /** What is to be written next; empty where there is nothing more to come. */
    private Optional<Kept> await(long written) {
        lock.lock();
        try {
            while (newestNumber == written && !closed) {
                news.await();
            }
            return newestNumber == written ? Optional.empty() : newest;
        } catch (InterruptedException e) {
            // Nobody interrupts it; if somebody did, it would be to end it.
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** False where it was closed. */
    private boolean pause(Duration duration) {
        lock.lock();
        try {
            long left = duration.toNanos();
            while (!closed && left > 0) {
                left = news.awaitNanos(Math.min(left, TimeUnit.SECONDS.toNanos(5)));
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private static String sentence(Path directory, String words) {
        return "checkpoint in %s: %s".formatted(directory, words);
    }

    private static String words(IOException e) {
        if (e instanceof FileSystemException system && system.getReason() == null) {
            return "%s: %s".formatted(system.getFile(),
                    e.getClass().getSimpleName().replaceAll("(FileSystem)?Exception$", ""));
        }
        return String.valueOf(e.getMessage());
    }
}
