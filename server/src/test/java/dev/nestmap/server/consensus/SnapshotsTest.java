package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.state.FleetState;
import dev.nestmap.server.storage.SnapshotWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots of a single member, and the log behind them. */
final class SnapshotsTest {
    @TempDir
    Path temporary;
    private final Failures failures = new Failures();
    private final List<Consensus> started = new ArrayList<>();
    private final Writes writes = new Writes("routes", 1_024);

    @AfterEach
    void nothingWasFatal() {
        Waits.closeAll(started);
        assertEquals(List.of(), List.copyOf(failures.messages));
    }

    @Test
    void snapshotPurgeAndRestartGiveTheSameState() throws Exception {
        Consensus first = start(1_000_000, SnapshotWriter::write);
        write(first, 300);
        long index = Waits.get(first.snapshot());
        assertEquals(index, first.status().snapshotIndex());
        Waits.until("the log is purged", () -> names("log_").stream()
                .noneMatch(name -> name.matches("log_(inprogress_)?0(-.*)?")));
        write(first, 20);
        FleetState before = first.state();
        first.close();
        Consensus second = start(1_000_000, SnapshotWriter::write);
        assertTrue(Waits.equalStates(before, Waits.get(second.linearizable())));
        assertEquals(index, second.status().snapshotIndex());
    }

    @Test
    void entriesAreAppliedWhileASnapshotIsBeingWritten() throws Exception {
        CountDownLatch writing = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Consensus member = start(1_000_000, (state, file) -> {
            writing.countDown();
            try {
                assertTrue(release.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return SnapshotWriter.write(state, file);
        });
        write(member, 1);
        long frozen = member.status().appliedIndex();
        CompletableFuture<Long> snapshot = member.snapshot();
        assertTrue(writing.await(20, TimeUnit.SECONDS));
        write(member, 100);
        assertFalse(snapshot.isDone());
        release.countDown();
        assertEquals(frozen, Waits.get(snapshot));
    }

    @Test
    void snapshotsComeByThemselvesAndTwoAreKept() throws Exception {
        Consensus member = start(50, SnapshotWriter::write);
        write(member, 500);
        Waits.until("a late snapshot is there", () -> member.status().snapshotIndex() > 400);
        Waits.until("two are kept", () -> names("snapshot.").stream()
                .filter(name -> name.matches("snapshot\\.\\d+_\\d+"))
                .count() == 2);
    }

    @Test
    void aSnapshotThatCannotBeWrittenIsTriedAgainAndHarmsNothing() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Consensus member = start(20, (state, file) -> {
            if (tries.incrementAndGet() == 1) {
                throw new IOException("no space left, says the test");
            }
            return SnapshotWriter.write(state, file);
        });
        write(member, 200);
        Waits.until("a later try succeeds", () -> member.status().snapshotIndex() > 0);
    }

    @Test
    void whatACrashLeftOfASnapshotIsRemoved() throws Exception {
        Consensus first = start(1_000_000, SnapshotWriter::write);
        write(first, 5);
        Waits.get(first.snapshot());
        first.close();
        Path snapshot = files().stream()
                .filter(file -> file.getFileName().toString().startsWith("snapshot."))
                .findFirst()
                .orElseThrow();
        Path half = snapshot.resolveSibling("snapshot.9_999.tmp");
        Files.writeString(half, "half");
        start(1_000_000, SnapshotWriter::write);
        assertFalse(Files.exists(half));
    }

    private Consensus start(long snapshotEntries, SnapshotKeeper.Writer writer) throws Exception {
        MemberConfig config = MemberConfig.single("a", temporary.resolve("data"), "a:7480")
                .with(SingleMemberTest.limits(1 << 16, 10_000, snapshotEntries));
        Consensus member = Consensus.start(config, failures, writer);
        started.add(member);
        member.awaitLeader(Duration.ofSeconds(20));
        return member;
    }

    private void write(Consensus member, int count) throws Exception {
        Waits.get(member.submit(writes.create()));
        for (int i = 0; i < count; i++) {
            Waits.get(member.submit(writes.put(i, i)));
        }
    }

    private List<String> names(String prefix) {
        return files().stream()
                .map(file -> file.getFileName().toString())
                .filter(name -> name.startsWith(prefix))
                .toList();
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.walk(temporary.resolve("data"))) {
            return files.filter(Files::isRegularFile).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // a file went away while we looked
        }
    }
}
