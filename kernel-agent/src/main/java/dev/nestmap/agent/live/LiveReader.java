package dev.nestmap.agent.live;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.LiveAsk;
import dev.nestmap.proto.v1.LiveFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reads that were asked for on one stream. Whoever calls is not kept waiting; all else happens in the worker's thread, which goes
 * from read to read after each page.
 */
final class LiveReader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveReader.class);
    /** More than a store asks for at once; each has a descriptor. */
    private static final int MOST_READS = 8;
    private static final long MOST_MILLIS = TimeUnit.HOURS.toMillis(1);

    private final Kernel kernel;
    private final Path pinRoot;
    private final Supplier<Progress> progress;
    private final ScheduledExecutorService worker;
    private final Consumer<LiveAnswer> answers;
    /** Owned by the worker's thread. */
    private final Map<Long, Read> open = new HashMap<>();
    /** Written before the last task of this reader is handed in. */
    private volatile boolean closed;

    LiveReader(Kernel kernel, Path pinRoot, Supplier<Progress> progress,
            ScheduledExecutorService worker,
            Consumer<LiveAnswer> answers) {
        this.kernel = kernel;
        this.pinRoot = pinRoot;
        this.progress = progress;
        this.worker = worker;
        this.answers = answers;
    }

    void ask(long id, LiveAsk question) {
        work(() -> begin(id, question));
    }

    void more(long id) {
        work(() -> {
            Read read = open.get(id);
            if (read != null) {
                step(id, read);
            }
        });
    }

    void cancel(long id) {
        work(() -> drop(id));
    }

    void unknown(long id) {
        fail(id, 0, "the store asks what this agent does not know; is it of a newer version?");
    }

    /** Ends all reads; nothing is answered any more. */
    @Override
    public void close() {
        closed = true;
        work(() -> {
            open.values().forEach(Read::close);
            open.clear();
        });
    }

    private void begin(long id, LiveAsk question) {
        if (closed) {
            return;
        }
        if (open.size() >= MOST_READS || open.containsKey(id)) {
            fail(id, 0,
                    "%d reads are under way at its agent; try again later".formatted(open.size()));
            return;
        }
        try {
            Read read = question.hasPin()
                    ? PinRead.begin(kernel, pinRoot, question.getPin())
                    : OpenRead.begin(kernel, progress, question);
            open.put(id, read);
            long millis = Math.clamp(question.getTimeoutMillis(), 1, MOST_MILLIS);
            // The store says when it wants no more; this is for one that forgets.
            var _ = worker.schedule(() -> expire(id, read), millis, TimeUnit.MILLISECONDS);
            step(id, read);
        } catch (KernelException e) {
            fail(id, e.errnoNumber(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a live read could not begin", e);
            fail(id, 0, "the agent failed: " + e);
        }
    }

    private void step(long id, Read read) {
        try {
            LiveAnswer.Builder answer = read.next();
            if (answer == null) {
                // Nothing to send yet: the others take their turn.
                more(id);
                return;
            }
            if (answer.hasEnd()) {
                drop(id);
            }
            answers.accept(answer.setId(id).build());
        } catch (KernelException e) {
            drop(id);
            fail(id, e.errnoNumber(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("a live read failed", e);
            drop(id);
            fail(id, 0, "the agent failed: " + e);
        }
    }

    private void expire(long id, Read read) {
        if (open.remove(id, read)) {
            read.close();
        }
    }

    private void drop(long id) {
        Read read = open.remove(id);
        if (read != null) {
            read.close();
        }
    }

    private void fail(long id, int errno, String message) {
        answers.accept(LiveAnswer.newBuilder()
                .setId(id)
                .setFailure(LiveFailure.newBuilder().setErrno(errno).setMessage(message))
                .build());
    }

    private void work(Runnable task) {
        try {
            worker.execute(task);
        } catch (RejectedExecutionException agentStops) {
            LOG.debug("a question after the end", agentStops);
        }
    }
}
