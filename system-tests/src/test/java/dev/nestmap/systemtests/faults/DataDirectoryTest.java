package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.server.consensus.Consensus;
import dev.nestmap.server.consensus.MemberConfig;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/**
 * A data directory that cannot be used: the process says which file and why, changes nothing, and goes
 * on as before when the cause is gone.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DataDirectoryTest {
    private static final int WRITES = 50;

    private Processes processes;
    private Path written;
    private Path data;
    private String server = Processes.freeAddress();

    @BeforeAll
    void writeAndKill() {
        processes = new Processes();
        written = processes.data("written");
        data = written;
        Running store = startServer();
        try (NestmapClient client = NestmapClient.connect(server)) {
            client.maps().create(MapSpec.of("default", "m", MapType.HASH, 4, 4, WRITES));
            for (int i = 0; i < WRITES; i++) {
                client.map("m").update(Bytes.u32le(i), new Value.Data(Bytes.u32le(i)));
            }
        }
        store.kill();
    }

    @AfterAll
    void endThem() {
        processes.close();
    }

    @BeforeEach
    void copyWhatWasWritten(TestInfo test) {
        data = processes.data(test.getTestMethod().orElseThrow().getName());
        server = Processes.freeAddress();
        Command.of("cp", "--archive", written.toString(), data.toString()).run();
    }

    @Test
    void aSecondDevOnTheSameDirectoryPortOrPinRootIsRefusedAndTheFirstGoesOn() {
        Running first = processes.dev(server);
        Processes.done(server, "map create type hash key 4 value 4 entries 16 name m");
        assertRefused(second("dev", Processes.freeAddress(), "other"),
                processes.data("dev").toString(), "in use by process " + first.process().pid(),
                "stop that first, or give another directory");
        assertRefused(second("other", server, "other"), "cannot listen on " + server,
                "choose another port with --listen");
        assertRefused(second("third", Processes.freeAddress(), "dev"),
                processes.pinRoot("dev").toString(), "another agent runs on it");
        Processes.done(server, "map update name m key 1 0 0 0 value 2 0 0 0");
        Processes.done(server, "map wait name m --for=applied");
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(2)),
                new KernelContents(processes.pinRoot("dev")).map("m").elements());
    }

    private Answer second(String directory, String listen, String pinRoot) {
        return Processes.attempt("dev", "--data-dir", processes.data(directory).toString(),
                "--listen", listen, "--pin-root", processes.pinRoot(pinRoot).toString());
    }

    @Test
    void aDirectoryOfANewerFormatIsRefused() throws IOException {
        Path identity = data.resolve("member.properties");
        String written = Files.readString(identity);
        Files.writeString(identity, written.replaceFirst("format=\\d+", "format=999"));
        assertStartIsRefused("format 999", "start the version that wrote it, or a later one");
        Files.writeString(identity, written);
        assertAllIsThere();
    }

    @Test
    void aDirectoryOfAnotherMemberIsRefused() {
        Answer answer = Processes.attempt("server", "--data-dir", data.toString(), "--listen",
                server, "--id", "stranger");
        assertRefused(answer, data.toString(), "\"n1\"", "\"stranger\"");
        assertAllIsThere();
    }

    @Test
    void aDamagedLogIsNamedAndLeftAloneAndGoodAgainWhenItIsRestored() throws IOException {
        Path log = find("log_inprogress_");
        flipByte(log, usedLength(log) / 2);
        assertStartIsRefused(log.toString(), "does not match its checksum",
                "restore the directory from a backup");
        flipByte(log, usedLength(log) / 2);
        assertAllIsThere();
    }

    @Test
    void aDamagedSnapshotIsNamedAndLeftAloneAndGoodAgainWhenItIsRestored() throws Exception {
        takeSnapshot();
        Path snapshot = find("snapshot.");
        int position = (int) Files.size(snapshot) / 2;
        flipByte(snapshot, position);
        assertStartIsRefused(snapshot.toString(), "the checksum of its contents is",
                "restore the directory from a backup");
        flipByte(snapshot, position);
        assertAllIsThere();
    }

    // A server takes its snapshots when there is reason to, which would need many writes.
    private void takeSnapshot() throws Exception {
        try (Consensus member = Consensus.start(MemberConfig.single("n1", data, server),
                (message, cause) -> {
                    throw new AssertionError(message, cause);
                })) {
            member.awaitLeader(Processes.START);
            member.snapshot().get(Processes.START.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void aLogThatIsGoneIsMissed() throws IOException {
        Path log = find("log_inprogress_");
        Path aside = processes.data("aside");
        Files.move(log, aside);
        assertStartIsRefused("there is neither a log file nor a snapshot, but there was one");
        Files.move(aside, log);
        assertAllIsThere();
    }

    private Running startServer() {
        Running store = processes.start("server", "--data-dir", data.toString(), "--listen",
                server);
        store.awaitOutput("nestmap server: member", Processes.START);
        return store;
    }

    private void assertStartIsRefused(String... says) {
        Map<Path, Bytes> before = contents();
        assertRefused(Processes.attempt("server", "--data-dir", data.toString(), "--listen",
                server), says);
        assertEquals(before, contents());
    }

    private static void assertRefused(Answer answer, String... says) {
        assertTrue(answer.exitCode() != 0, answer::toString);
        assertTrue(answer.err().contains("Error: "), answer::toString);
        for (String text : says) {
            assertTrue(answer.err().contains(text),
                    () -> "\"" + text + "\" is not in " + answer);
        }
    }

    private void assertAllIsThere() {
        Running store = startServer();
        try (NestmapClient client = NestmapClient.connect(server)) {
            for (int i = 0; i < WRITES; i++) {
                assertEquals(new Value.Data(Bytes.u32le(i)),
                        client.map("m").lookup(Bytes.u32le(i)).value());
            }
        }
        store.kill();
    }

    private Path find(String prefix) {
        return contents().keySet()
                .stream()
                .filter(file -> file.getFileName().toString().startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    /** Every file but the lock, which holds the number of the process that had it last. */
    private Map<Path, Bytes> contents() {
        Map<Path, Bytes> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().endsWith("lock")) {
                    contents.put(file, Bytes.wrap(Files.readAllBytes(file)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("read " + data, e);
        }
        return contents;
    }

    private static void flipByte(Path file, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[position] ^= 0x40;
        Files.write(file, bytes);
    }

    private static int usedLength(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }
}
