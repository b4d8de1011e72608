package dev.nestmap.server.consensus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member does not start with, and what it says then. */
final class RefusedStartTest {
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
    void aSecondProcessIsToldWhoHasTheDirectory() throws Exception {
        start(config("data"));
        String refusal = refusal();
        assertTrue(refusal.contains(temporary.resolve("data").toString()), refusal);
        assertTrue(refusal.contains(Long.toString(ProcessHandle.current().pid())));
    }

    @Test
    void aFlippedByteInTheLogIsRefusedWithTheFilesName() throws Exception {
        Consensus member = start(config("data"));
        write(member, 20);
        member.close();
        Path log = find("log_");
        byte[] bytes = Files.readAllBytes(log);
        bytes[bytes.length / 2] ^= 4;
        Files.write(log, bytes);
        String refusal = refusal();
        assertTrue(refusal.contains(log.toString()), refusal);
        assertEquals(bytes.length, Files.size(log));
    }

    @Test
    void aFlippedByteInTheSnapshotIsRefusedWithTheFilesName() throws Exception {
        Consensus member = start(config("data"));
        write(member, 20);
        Waits.get(member.snapshot());
        member.close();
        Path snapshot = find("snapshot.");
        byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 4;
        Files.write(snapshot, bytes);
        String refusal = refusal();
        assertTrue(refusal.contains(snapshot.toString()), refusal);
    }

    @Test
    void aLogThatIsGoneIsNotTakenForANewOne() throws Exception {
        Consensus member = start(config("data"));
        write(member, 20);
        Waits.until("the directory is marked", () -> identity().contains("LOGGED"));
        member.close();
        Files.delete(find("log_"));
        String refusal = refusal();
        assertTrue(refusal.contains("neither a log file nor a snapshot"), refusal);
    }

    @Test
    void aNewerFormatIsRefusedWithBothVersions() throws Exception {
        start(config("data")).close();
        Path file = temporary.resolve("data/member.properties");
        Files.writeString(file, Files.readString(file).replace("format=1", "format=7"));
        String refusal = refusal();
        assertTrue(refusal.contains("format 7") && refusal.contains("up to 1"),
                refusal);
    }

    @Test
    void aPortThatIsTakenIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            MemberConfig config = new MemberConfig("a", temporary.resolve("data"), address,
                    "127.0.0.1:7480", List.of());
            String message = String.valueOf(
                    assertThrows(IOException.class, () -> start(config)).getMessage());
            assertTrue(message.contains(address), message);
        }
        start(config("data"));
    }

    private String refusal() {
        return String.valueOf(
                assertThrows(IOException.class, () -> start(config("data"))).getMessage());
    }

    private Path find(String prefix) throws IOException {
        try (Stream<Path> files = Files.walk(temporary.resolve("data"))) {
            return files
                    .filter(file -> file.getFileName().toString().startsWith(prefix)
                            && !file.toString().endsWith(".md5"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private String identity() {
        try {
            return Files.readString(temporary.resolve("data/member.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MemberConfig config(String directory) {
        return MemberConfig.single("a", temporary.resolve(directory), "127.0.0.1:7480");
    }

    private Consensus start(MemberConfig config) throws Exception {
        Consensus member = Consensus.start(config, failures);
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
}
