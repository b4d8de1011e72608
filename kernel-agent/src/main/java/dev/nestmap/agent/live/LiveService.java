package dev.nestmap.agent.live;

import dev.nestmap.agent.follow.Companion;
import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.proto.v1.AgentServiceGrpc;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.ServeHello;
import io.grpc.Channel;
import io.grpc.Status;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a stream open on which the store asks, beside the one on which the agent follows. */
public final class LiveService implements Companion, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveService.class);
    private static final long AGAIN_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

    private final ServeHello hello;
    private final Kernel kernel;
    private final Path pinRoot;
    private final Supplier<Progress> progress;
    /** The one thread that reads: one page at a time, whoever asked, so that readers cost one processor at most. */
    private final ScheduledExecutorService worker;
    /** Guarded by this. */
    private @Nullable ServeStream stream;
    /** Guarded by this: when a stream that has ended may be opened again. */
    private long againNanos;
    /** Guarded by this: the member that is followed knows no such stream. */
    private boolean unknown;
    /** Guarded by this. */
    private boolean closed;

    /**
     * Opens nothing before the agent follows.
     *
     * @param progress which maps are held, as of now
     */
    public LiveService(Hello hello, Kernel kernel, Supplier<Progress> progress) {
        this.hello = ServeHello.newBuilder()
                .setNode(hello.getNode())
                .setIncarnation(hello.getIncarnation())
                .build();
        this.kernel = kernel;
        this.pinRoot = Path.of(hello.getFacts().getPinRoot());
        this.progress = progress;
        this.worker = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform()
                .daemon()
                .name("nestmap-live")
                .uncaughtExceptionHandler(
                        (_, failure) -> LOG.error("a live read ended by a mistake", failure))
                .factory());
    }

    @Override
    public synchronized void following(Channel channel) {
        if (closed || unknown || stream != null || againNanos - System.nanoTime() > 0) {
            return;
        }
        ServeStream opened = new ServeStream(
                answers -> new LiveReader(kernel, pinRoot, progress, worker, answers),
                this::ended);
        stream = opened;
        AgentServiceGrpc.newStub(channel).serve(opened);
        opened.open(hello);
    }

    private synchronized void ended(ServeStream which, Status why) {
        if (which.equals(stream)) {
            stream = null;
            unknown = why.getCode() == Status.Code.UNIMPLEMENTED;
            againNanos = System.nanoTime() + AGAIN_AFTER_NANOS;
            LOG.debug("the stream for questions ended: {}", why);
        }
    }

    @Override
    public synchronized void ended() {
        unknown = false;
        againNanos = System.nanoTime();
        ServeStream open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        ended();
        worker.shutdownNow();
    }
}
