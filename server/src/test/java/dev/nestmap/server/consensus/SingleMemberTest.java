package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Errno;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.Result;
import dev.nestmap.proto.v1.Write;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster of one. */
final class SingleMemberTest {
    @TempDir
    Path temporary;
    private final Failures failures = new Failures();
    private final List<Consensus> started = new ArrayList<>();
    private final Writes writes = new Writes("routes", 8);

    @AfterEach
    void nothingWasFatal() {
        Waits.closeAll(started);
        assertEquals(List.of(), List.copyOf(failures.messages));
    }

    @Test
    void writesSurviveCloseAndRestart() throws Exception {
        Consensus first = start(config("data"));
        FleetState written = write(first, 100);
        first.close();
        Consensus second = start(config("data"));
        assertTrue(Waits.equalStates(written, Waits.get(second.linearizable())));
        assertEquals(101, second.status().revision());
    }

    @Test
    void writesSurviveACrash() throws Exception {
        Consensus running = start(config("data"));
        FleetState written = write(running, 100);
        copy(temporary.resolve("data"), temporary.resolve("image"));
        Consensus recovered = start(config("image"));
        FleetState found = Waits.get(recovered.linearizable());
        assertTrue(Waits.equalStates(written, found));
        write(recovered, 1);
    }

    @Test
    void aCrashImageTakenUnderWritesHoldsAllThatWasAcknowledgedBefore() throws Exception {
        Consensus running = start(config("data"));
        Waits.get(running.submit(writes.create()));
        for (int round = 0; round < 3; round++) {
            List<CompletableFuture<Committed>> answers = new ArrayList<>();
            long acknowledged = Waits.get(running.submit(writes.put(0, round))).revision();
            for (int i = 0; i < 2_000; i++) {
                answers.add(running.submit(writes.put(i % 50, i)));
            }
            Path image = temporary.resolve("image" + round);
            copy(temporary.resolve("data"), image);
            for (CompletableFuture<Committed> answer : answers) {
                Waits.get(answer);
            }
            try (Consensus recovered = start(config("image" + round))) {
                FleetState found = Waits.get(recovered.linearizable());
                assertTrue(found.revision() >= acknowledged);
                FleetState then = running.root(found.revision()).orElse(null);
                assertTrue(then == null || then.maps().sameContents(found.maps()));
            }
        }
    }

    @Test
    void aRetriedRequestIsAppliedOnceAcrossRestartAndSnapshot() throws Exception {
        Consensus first = start(config("data"));
        Waits.get(first.submit(writes.create()));
        Write once = writes.put(1, 1);
        long revision = Waits.get(first.submit(once)).revision();
        Waits.get(first.submit(writes.put(1, 2)));
        assertEquals(revision, Waits.get(first.submit(once)).revision());
        first.close();
        Consensus second = start(config("data"));
        assertEquals(revision, Waits.get(second.submit(once)).revision());
        Waits.get(second.snapshot());
        second.close();
        Consensus third = start(config("data"));
        assertEquals(revision, Waits.get(third.submit(once)).revision());
        assertEquals(2, writes.get(third.state(), 1));
    }

    @Test
    void aWriteThatMeansNothingIsRefusedAndTheMemberGoesOn() throws Exception {
        Consensus member = start(config("data"));
        Result result = Waits.get(member.submit(Write.getDefaultInstance())).result();
        assertEquals(Errno.EINVAL,
                assertInstanceOf(Result.Refused.class, result).refusal().errno());
        write(member, 1);
    }

    @Test
    void everyRevisionHasItsRootAndListenersSeeThemInOrder() throws Exception {
        Consensus member = start(config("data"));
        ConcurrentLinkedQueue<Long> seen = new ConcurrentLinkedQueue<>();
        try (Consensus.Registration _ = member
                .onCommit(root -> seen.add(root.revision()))) {
            CompletableFuture<FleetState> later = member.atLeast(501);
            List<CompletableFuture<Committed>> answers = new ArrayList<>();
            answers.add(member.submit(writes.create()));
            for (int i = 0; i < 500; i++) {
                answers.add(member.submit(writes.put(1, i)));
            }
            for (CompletableFuture<Committed> answer : answers) {
                Committed committed = Waits.get(answer);
                assertSame(committed.state(), member.root(committed.revision()).orElseThrow());
            }
            assertEquals(501, Waits.get(later).revision());
        }
        assertEquals(seen.stream().sorted().distinct().toList(),
                seen.stream().distinct().toList());
        assertTrue(seen.size() < 502, () -> "writes are not gathered: " + seen.size());
        assertEquals(42, writes.get(member.root(44).orElseThrow(), 1));
        assertTrue(member.root(600).isEmpty());
    }

    @Test
    void aWriteOverTheLimitIsRefusedAndTheMemberGoesOn() throws Exception {
        Limits small = limits(1 << 16, 1_000, 20_000);
        Writes large = new Writes("large", 1 << 17);
        Consensus member = start(config("data").with(small));
        Write tooLarge = large.put(1, 1);
        for (int i = 0; i < 4_097; i++) {
            assertInstanceOf(EntryTooLargeException.class,
                    Waits.failure(member.submit(tooLarge)));
        }
        write(member, 1);
    }

    @Test
    void aWriteOfTheGreatestSizeGoesThrough() throws Exception {
        Writes large = new Writes("large", 1 << 20);
        Consensus member = start(config("data"));
        Waits.get(member.submit(large.create()));
        var batch = dev.nestmap.proto.v1.UpdateBatchRequest.newBuilder();
        for (int i = 0; i < 15; i++) {
            batch.addElements(large.put(i, i).getUpdate().getElement());
        }
        var put = large.put(0, 0).getUpdate();
        Write write = Write.newBuilder()
                .setUpdateBatch(
                        batch.setRequestId(put.getRequestId()).setMap(put.getMap()))
                .build();
        assertInstanceOf(Result.Batch.class, Waits.get(member.submit(write)).result());
        member.close();
        assertEquals(14, large.get(Waits.get(start(config("data")).linearizable()), 14));
    }

    @Test
    void aFullQueueIsOverloadedAndWhatWasTakenIsAnswered() throws Exception {
        Limits tiny = limits(1 << 16, 8, 20_000);
        Consensus member = start(config("data").with(tiny));
        Waits.get(member.submit(writes.create()));
        List<CompletableFuture<Committed>> answers = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            answers.add(member.submit(writes.put(i, i)));
        }
        int overloaded = 0;
        for (CompletableFuture<Committed> answer : answers) {
            try {
                Waits.get(answer);
            } catch (ExecutionException e) {
                assertInstanceOf(OverloadedException.class, e.getCause());
                overloaded++;
            }
        }
        assertTrue(overloaded > 0);
        assertEquals(5_001 - overloaded, member.state().revision());
    }

    @Test
    void aMemberWhoseRaftClosedItselfSaysSo() throws Exception {
        Consensus member = start(config("data"));
        member.raft().close();
        Waits.until("it is fatal", () -> !failures.messages.isEmpty());
        assertTrue(failures.messages.remove().contains("Raft closed itself"));
        assertInstanceOf(NotLeaderException.class,
                Waits.failure(member.submit(writes.create())));
    }

    private MemberConfig config(String directory) {
        return MemberConfig.single("a", temporary.resolve(directory), "127.0.0.1:7480");
    }

    static Limits limits(int writeBytes, int queuedWrites, long snapshotEntries) {
        Limits d = Limits.defaults();
        return new Limits(queuedWrites, d.queuedBytes(), d.entryWrites(), 1 << 16, writeBytes,
                d.recentRoots(), d.recentBytes(), d.revisionWaiters(), snapshotEntries,
                d.snapshotBytes(), 10, 1 << 16);
    }

    private Consensus start(MemberConfig config) throws Exception {
        Consensus member = Consensus.start(config, failures);
        started.add(member);
        member.awaitLeader(Duration.ofSeconds(20));
        return member;
    }

    private FleetState write(Consensus member, int count) throws Exception {
        Waits.get(member.submit(writes.create()));
        for (int i = 0; i < count; i++) {
            Waits.get(member.submit(writes.put(i, i)));
        }
        return member.state();
    }

    /** As a crash leaves it: not with one name of a file that is just being renamed missing, and the other too. */
    private static void copy(Path from, Path to) throws IOException {
        for (int attempt = 0;; attempt++) {
            Path whole = to.resolveSibling("%s.attempt%d".formatted(to.getFileName(), attempt));
            try {
                copyOnce(from, whole);
                Files.move(whole, to);
                return;
            } catch (NoSuchFileException e) {
                assertTrue(attempt < 100, () -> "no copy in 100 attempts: " + e);
            }
        }
    }

    private static void copyOnce(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (!file.endsWith("in_use.lock")) {
                    Files.copy(file, target);
                }
            }
        }
    }
}
