package dev.nestmap.agent.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.agent.reconcile.Definition;
import dev.nestmap.agent.reconcile.Progress;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.proto.v1.LiveAnswer;
import dev.nestmap.proto.v1.LiveAsk;
import dev.nestmap.proto.v1.PinQuestion;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of questions that cannot be answered, and of those beside them. */
final class LiveReaderTest {
    private static final Path PIN_ROOT = Path.of("/sys/fs/bpf/nestmap");
    private static final Path PIN = Path.of("/sys/fs/bpf/lb");
    private static final int MOST_READS = 8;
    private static final long LONG_MILLIS = TimeUnit.MINUTES.toMillis(1);

    private final SimulatedKernel kernel = new SimulatedKernel();
    private final ScheduledExecutorService worker = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().name("live-reads").factory());
    private final LinkedBlockingQueue<LiveAnswer> answers = new LinkedBlockingQueue<>();
    private final LiveReader reader = new LiveReader(kernel, PIN_ROOT, () -> Progress.NONE, worker,
            answers::add);
    private final int kernelId;

    LiveReaderTest() throws KernelException {
        kernel.makeDirectories(PIN_ROOT);
        try (KernelMap map = kernel.create("lb", Definition.toCreate(
                MapSpec.of("default", "lb", MapType.HASH, 4, 4, 8)), null)) {
            map.pin(PIN);
            kernelId = map.info().id();
        }
    }

    @AfterEach
    void end() {
        worker.shutdownNow();
    }

    private static LiveAsk about(String pin, long millis) {
        return LiveAsk.newBuilder()
                .setPin(PinQuestion.newBuilder().setPin(pin))
                .setTimeoutMillis(millis)
                .build();
    }

    private LiveAnswer answer(long id) throws InterruptedException {
        LiveAnswer answer = answers.poll(20, TimeUnit.SECONDS);
        assertNotNull(answer, "no answer");
        assertEquals(id, answer.getId());
        return answer;
    }

    private @Nullable LiveAnswer afterAllWork() throws Exception {
        worker.submit(() -> {}).get(20, TimeUnit.SECONDS);
        return answers.poll();
    }

    @Test
    void aPinIsDescribedAndThenTheReadEnds() throws Exception {
        reader.ask(1, about(PIN.toString(), LONG_MILLIS));
        assertEquals(kernelId, answer(1).getPinned().getKernelId());
        reader.more(1);
        assertTrue(answer(1).hasEnd());
        reader.more(1);
        assertNull(afterAllWork(), "it has ended");
    }

    @Test
    void whatIsNoPathIsAnswered() throws Exception {
        reader.ask(1, about("/sys/fs/bpf/\0", LONG_MILLIS));
        assertTrue(answer(1).getFailure().getMessage().contains("the agent failed"));
        reader.ask(2, about("lb", LONG_MILLIS));
        assertEquals(Errno.EINVAL.number(), answer(2).getFailure().getErrno());
        reader.ask(3, about("/sys/fs/bpf/none", LONG_MILLIS));
        assertEquals(Errno.ENOENT.number(), answer(3).getFailure().getErrno());
        reader.ask(4, about(PIN.toString(), LONG_MILLIS));
        assertTrue(answer(4).hasPinned(), "the next is answered all the same");
    }

    @Test
    void noMoreReadsAreOpenThanThereIsRoomFor() throws Exception {
        for (long id = 1; id <= MOST_READS; id++) {
            reader.ask(id, about(PIN.toString(), LONG_MILLIS));
            assertTrue(answer(id).hasPinned());
        }
        reader.ask(99, about(PIN.toString(), LONG_MILLIS));
        assertTrue(answer(99).getFailure().getMessage().contains("8 reads are under way"));
        reader.cancel(3);
        reader.ask(100, about(PIN.toString(), LONG_MILLIS));
        assertTrue(answer(100).hasPinned());
    }

    @Test
    void aReadThatNobodyAsksOnForMakesRoomInTime() throws Exception {
        for (long id = 1; id <= MOST_READS; id++) {
            reader.ask(id, about(PIN.toString(), 1));
            assertTrue(answer(id).hasPinned());
        }
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        long id = 100;
        do {
            assertTrue(deadlineNanos - System.nanoTime() > 0, "nothing expires");
            reader.ask(++id, about(PIN.toString(), LONG_MILLIS));
        } while (answer(id).hasFailure());
    }

    @Test
    void nothingIsAnsweredAfterTheEnd() throws Exception {
        reader.ask(1, about(PIN.toString(), LONG_MILLIS));
        assertTrue(answer(1).hasPinned());
        reader.close();
        reader.more(1);
        reader.ask(2, about(PIN.toString(), LONG_MILLIS));
        assertNull(afterAllWork());
        worker.shutdown();
        reader.ask(3, about(PIN.toString(), LONG_MILLIS));
        assertFalse(answers.iterator().hasNext());
    }
}
