package dev.nestmap.agent.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.reconcile.Desired;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that are not what they should be, directories that are not ours, and disks without room: said, and survived. */
final class CheckpointTest {
    private static final String CLUSTER = "0e0f1a52-3d54-4a6c-9f00-7c1f6a1f2b3c";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Desired STATE = RandomStates.large(7, 10, 8);

    @TempDir
    Path temporary;

    @Test
    void whatIsKeptIsThereWhenItIsClosedAndNobodyElseCanReadIt() throws Exception {
        keep(STATE);
        assertEquals("rw-------", permissions(checkpoint()));
        assertEquals("rwx------", permissions(directory()));
        try (Checkpoint next = open()) {
            Saved saved = next.saved().orElseThrow();
            assertEquals(STATE, saved.desired());
            assertEquals(CLUSTER, saved.clusterId());
            assertEquals("host1", saved.node());
            assertEquals("edge", saved.labels().get("role"));
            assertEquals("/sys/fs/bpf/nestmap", saved.pinRoot());
            assertEquals(Optional.empty(), next.trouble());
        }
    }

    @Test
    void ofManyStatesTheLastIsKept() throws Exception {
        Desired state = STATE;
        try (Checkpoint checkpoint = open()) {
            for (int i = 0; i < 500; i++) {
                state = RandomStates.touched(state, i % 10, i + 100);
                checkpoint.keep(CLUSTER, state);
            }
        }
        assertEquals(Optional.of(state), saved());
    }

    @Test
    void aStateOfAnotherClusterReplacesTheFormer() throws Exception {
        keep(STATE);
        try (Checkpoint checkpoint = open()) {
            checkpoint.keep("another", RandomStates.large(2, 3, 8));
        }
        try (Checkpoint next = open()) {
            assertEquals("another", next.saved().orElseThrow().clusterId());
            assertEquals(RandomStates.large(2, 3, 8), next.saved().orElseThrow().desired());
        }
    }

    @Test
    void aFileOfANewerVersionIsNotTakenAndSaysSo() throws Exception {
        keep(STATE);
        try (FileChannel file = FileChannel.open(checkpoint(), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(4).putInt(2).flip(), 8);
        }
        assertNotTaken("it has format 2, this program knows formats up to 1: a newer version wrote"
                + " it, or it is damaged; nothing of it is taken");
    }

    @Test
    void aDamagedFileIsTakenAsFarAsItIsGoodAndSaysSo() throws Exception {
        keep(STATE);
        long size = Files.size(checkpoint());
        try (Checkpoint checkpoint = open()) {
            checkpoint.keep(CLUSTER, RandomStates.touched(STATE, 1, 2));
        }
        try (FileChannel file = FileChannel.open(checkpoint(), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[]{99}), size + 6);
        }
        try (Checkpoint next = open()) {
            assertEquals(Optional.of(STATE), next.saved().map(Saved::desired));
            String trouble = next.trouble().orElseThrow();
            assertTrue(trouble.contains("it is damaged from byte " + size + " of "), trouble);
            assertTrue(trouble.endsWith("; revision 7, which is before that, is taken"), trouble);
            next.keep(CLUSTER, RandomStates.large(9, 3, 8));
            await(() -> next.trouble().isEmpty());
        }
        assertEquals(Optional.of(RandomStates.large(9, 3, 8)), saved());
    }

    @Test
    void somethingElseIsNotTakenAndIsReplaced() throws Exception {
        Files.createDirectories(directory());
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwx------"));
        Files.writeString(checkpoint(), "this is no checkpoint at all");
        assertNotTaken("it does not begin as a checkpoint does; nothing of it is taken");
    }

    @Test
    void aFileThatOthersCanReadIsTakenAndClosedToThem() throws Exception {
        keep(STATE);
        Files.setPosixFilePermissions(checkpoint(), PosixFilePermissions.fromString("rw-r--r--"));
        assertEquals(Optional.of(STATE), saved());
        assertEquals("rw-------", permissions(checkpoint()));
    }

    @Test
    void aFileThatOthersCanWriteIsNotTaken() throws Exception {
        keep(STATE);
        Files.setPosixFilePermissions(checkpoint(), PosixFilePermissions.fromString("rw--w----"));
        assertNotTaken(
                checkpoint() + " can be written by others (rw--w----): what is there is not"
                        + " believed; chmod go-rwx it, or name another --state-dir");
    }

    @Test
    void aFileOfAnotherUserIsNotTaken() throws Exception {
        keep(STATE);
        Files.setAttribute(checkpoint(), "unix:uid", 12345);
        assertNotTaken(checkpoint() + " belongs to user 12345, this agent is user 0: what is there"
                + " is not believed; chown it, or name another --state-dir");
    }

    @Test
    void aLinkIsNotFollowed() throws Exception {
        keep(STATE);
        Path elsewhere = Files.move(checkpoint(), temporary.resolve("elsewhere"));
        Files.createSymbolicLink(checkpoint(), elsewhere);
        try (Checkpoint next = open()) {
            assertEquals(Optional.empty(), next.saved());
            assertTrue(next.trouble().isPresent());
            next.keep(CLUSTER, RandomStates.large(9, 3, 8));
            await(() -> next.trouble().isEmpty());
        }
        assertEquals(Optional.of(RandomStates.large(9, 3, 8)), saved());
        assertTrue(Files.isRegularFile(elsewhere));
    }

    @Test
    void aDirectoryThatOthersCanWriteIsNotUsedUntilItIsMended() throws Exception {
        keep(STATE);
        Files.setPosixFilePermissions(directory(), PosixFilePermissions.fromString("rwxrwx---"));
        try (Checkpoint next = open()) {
            assertEquals(Optional.empty(), next.saved());
            assertTrue(next.trouble().orElseThrow().contains("can be written by others"));
            Files.setPosixFilePermissions(directory(),
                    PosixFilePermissions.fromString("rwx------"));
            next.keep(CLUSTER, RandomStates.large(9, 3, 8));
            await(() -> next.trouble().isEmpty());
        }
        assertEquals(Optional.of(RandomStates.large(9, 3, 8)), saved());
    }

    @Test
    void aDirectoryThatIsAFileIsSaid() throws Exception {
        Files.writeString(temporary.resolve("state"), "");
        try (Checkpoint next = open()) {
            assertEquals(Optional.empty(), next.saved());
            assertTrue(next.trouble().orElseThrow().contains(temporary.resolve("state").toString()),
                    next.trouble().toString());
            next.keep(CLUSTER, STATE);
        }
    }

    @Test
    void aDirectoryThatAnotherAgentUsesIsLeftToIt() throws Exception {
        try (Checkpoint first = open()) {
            first.keep(CLUSTER, STATE);
            try (Checkpoint second = open()) {
                assertTrue(second.trouble()
                        .orElseThrow()
                        .endsWith(
                                "another agent uses it: give one of the two another --state-dir"));
                second.keep(CLUSTER, RandomStates.large(9, 3, 8));
            }
            assertEquals(Optional.empty(), first.trouble());
        }
        assertEquals(Optional.of(STATE), saved());
    }

    @Test
    void aFullDiskKeepsTheFormerStateUntilThereIsRoom() throws Exception {
        Path disk = Files.createDirectory(temporary.resolve("disk"));
        run("mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", disk.toString());
        try {
            try (Checkpoint checkpoint = Checkpoint.open(disk, CheckpointFileTest.HELLO)) {
                checkpoint.keep(CLUSTER, STATE);
                await(() -> Files.exists(disk.resolve("checkpoint")));
                checkpoint.keep(CLUSTER, RandomStates.large(8, 64, 100_000));
                await(() -> checkpoint.trouble().isPresent());
                assertTrue(checkpoint.trouble().orElseThrow().contains("No space left on device"),
                        checkpoint.trouble().toString());
            }
            try (Checkpoint checkpoint = Checkpoint.open(disk, CheckpointFileTest.HELLO)) {
                assertEquals(Optional.of(STATE), checkpoint.saved().map(Saved::desired));
                checkpoint.keep(CLUSTER, RandomStates.large(8, 64, 100_000));
                await(() -> checkpoint.trouble().isPresent());
                run("mount", "-o", "remount,size=32m", disk.toString());
                await(() -> checkpoint.trouble().isEmpty());
            }
            try (Checkpoint checkpoint = Checkpoint.open(disk, CheckpointFileTest.HELLO)) {
                assertEquals(Optional.of(RandomStates.large(8, 64, 100_000)),
                        checkpoint.saved().map(Saved::desired));
            }
        } finally {
            run("umount", disk.toString());
        }
    }

    private void keep(Desired desired) {
        try (Checkpoint checkpoint = open()) {
            checkpoint.keep(CLUSTER, desired);
        }
    }

    private Optional<Desired> saved() {
        try (Checkpoint checkpoint = open()) {
            return checkpoint.saved().map(Saved::desired);
        }
    }

    private void assertNotTaken(String why) throws Exception {
        try (Checkpoint next = open()) {
            assertEquals(Optional.empty(), next.saved());
            assertEquals("checkpoint in " + directory() + ": " + why,
                    next.trouble().orElseThrow());
            next.keep(CLUSTER, RandomStates.large(9, 3, 8));
            await(() -> next.trouble().isEmpty());
        }
        assertEquals(Optional.of(RandomStates.large(9, 3, 8)), saved());
    }

    private Checkpoint open() {
        return Checkpoint.open(directory(), CheckpointFileTest.HELLO);
    }

    private Path directory() {
        return temporary.resolve("state");
    }

    private Path checkpoint() {
        return directory().resolve("checkpoint");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "it did not come to that");
            Thread.sleep(5);
        }
    }

    private static void run(String... command) throws Exception {
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(),
                String.join(" ", command));
    }
}
