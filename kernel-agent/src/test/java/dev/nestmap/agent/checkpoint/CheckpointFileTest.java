package dev.nestmap.agent.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.checkpoint.CheckpointFile.Found;
import dev.nestmap.agent.reconcile.Desired;
import dev.nestmap.proto.v1.Hello;
import dev.nestmap.proto.v1.NodeFacts;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read, and of what was cut or damaged, a state that was written before. */
final class CheckpointFileTest {
    private static final String CLUSTER = "0e0f1a52-3d54-4a6c-9f00-7c1f6a1f2b3c";
    static final Hello HELLO = Hello.newBuilder()
            .setNode("host1")
            .putLabels("role", "edge")
            .setFacts(NodeFacts.newBuilder().setPinRoot("/sys/fs/bpf/nestmap"))
            .build();

    @TempDir
    Path temporary;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whatIsWrittenIsReadAlsoByTheNextAgentWhichGoesOn(long seed) throws IOException {
        RandomStates states = new RandomStates(seed);
        Random random = new Random(seed);
        Optional<Desired> last = Optional.empty();
        for (int run = 0; run < 6; run++) {
            try (CheckpointFile file = new CheckpointFile(directory(), HELLO)) {
                Found found = file.open();
                assertEquals(Optional.empty(), found.flaw());
                assertEquals(last, found.saved().map(Saved::desired), "seed " + seed);
                for (int i = random.nextInt(20); i >= 0; i--) {
                    last = Optional.of(states.next());
                    file.write(CLUSTER, last.get());
                }
            }
        }
    }

    @Test
    void aFileThatIsCutAnywhereGivesTheLastStateThatIsWholeInItAndCanBeGoneOnWith()
            throws IOException {
        Map<Integer, Desired> states = history(11, 12);
        byte[] whole = Files.readAllBytes(checkpoint());
        RandomStates later = new RandomStates(99);
        for (int size = 0; size < whole.length; size++) {
            Files.write(checkpoint(), Arrays.copyOf(whole, size));
            Optional<Desired> expected = lastWithin(states, size);
            Desired next = new Desired(10_000, later.next().maps());
            try (CheckpointFile file = new CheckpointFile(directory(), HELLO)) {
                assertEquals(expected, file.open().saved().map(Saved::desired), "cut at " + size);
                file.write(CLUSTER, next);
            }
            assertEquals(Optional.of(next), read(Files.readAllBytes(checkpoint())));
        }
    }

    @Test
    void aFileWithAnyByteDamagedGivesAStateThatWasWrittenBeforeIt() throws IOException {
        Map<Integer, Desired> states = history(12, 12);
        byte[] whole = Files.readAllBytes(checkpoint());
        Random random = new Random(12);
        for (int at = 0; at < whole.length; at++) {
            for (int flip : new int[]{1 << random.nextInt(8), 0xff}) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) flip;
                assertEquals(lastWithin(states, at), read(damaged),
                        "byte %d changed by %02x".formatted(at, flip));
            }
        }
    }

    @Test
    void piecesThatAreMissingDoubledOrExchangedAreSeen() throws IOException {
        Map<Integer, Desired> states = history(13, 10);
        byte[] whole = Files.readAllBytes(checkpoint());
        List<Integer> ends = new ArrayList<>(states.keySet());
        for (int i = 1; i + 1 < ends.size(); i++) {
            int from = ends.get(i - 1);
            int to = ends.get(i);
            int next = ends.get(i + 1);
            Optional<Desired> before = lastWithin(states, from);
            assertEquals(before, read(joined(whole, 0, from, to, whole.length)), "missing");
            assertEquals(lastWithin(states, to),
                    read(joined(whole, 0, to, from, whole.length)), "doubled");
            assertEquals(before, read(joined(joined(whole, 0, from, to, next),
                    0, from + next - to, from + next - to, from + next - to)), "exchanged");
        }
    }

    @Test
    void manySmallChangesOfALargeStateWriteLittle() throws IOException {
        Desired state = RandomStates.large(1, 20_000, 64);
        try (CheckpointFile file = new CheckpointFile(directory(), HELLO)) {
            file.open();
            file.write(CLUSTER, state);
            long whole = Files.size(checkpoint());
            long written = 0;
            long largest = 0;
            for (int i = 0; i < 2_000; i++) {
                Object before = Files.readAttributes(checkpoint(),
                        java.nio.file.attribute.BasicFileAttributes.class).fileKey();
                long sizeBefore = Files.size(checkpoint());
                state = RandomStates.touched(state, i % 20_000, i + 1_000_000);
                file.write(CLUSTER, state);
                long size = Files.size(checkpoint());
                boolean appended = before.equals(Files.readAttributes(checkpoint(),
                        java.nio.file.attribute.BasicFileAttributes.class).fileKey());
                written += appended ? size - sizeBefore : size;
                largest = Math.max(largest, size);
            }
            System.out.printf("2,000 changes of one of 20,000 elements: %d bytes written, the"
                    + " whole has %d, the file had at most %d%n", written, whole, largest);
            assertTrue(written / 2_000 < 2_000, written + " bytes written");
            assertTrue(largest < 3 * whole + (2 << 20), largest + " bytes at most");
        }
        assertEquals(Optional.of(state), read(Files.readAllBytes(checkpoint())));
    }

    @Test
    void differencesThatOutgrowTheStateAreReplacedByIt() throws IOException {
        Desired state = RandomStates.large(1, 16, 100_000);
        try (CheckpointFile file = new CheckpointFile(directory(), HELLO)) {
            file.open();
            long largest = 0;
            for (int i = 0; i < 200; i++) {
                state = RandomStates.touched(state, i % 16, i + 1);
                file.write(CLUSTER, state);
                largest = Math.max(largest, Files.size(checkpoint()));
            }
            assertTrue(largest < 3 * 1_600_000 + (2 << 20), largest + " bytes at most");
        }
        assertEquals(Optional.of(state), read(Files.readAllBytes(checkpoint())));
        assertFalse(Files.exists(directory().resolve("checkpoint.next")));
    }

    @Test
    void aFileThatSomebodyRemovedOrExchangedIsWrittenAnew() throws IOException {
        try (CheckpointFile file = new CheckpointFile(directory(), HELLO)) {
            file.open();
            file.write(CLUSTER, RandomStates.large(1, 10, 8));
            Files.delete(checkpoint());
            Desired second = RandomStates.large(2, 11, 8);
            file.write(CLUSTER, second);
            assertEquals(Optional.of(second), read(Files.readAllBytes(checkpoint())));
            Files.delete(checkpoint());
            Files.writeString(checkpoint(), "something else");
            Desired third = RandomStates.large(3, 12, 8);
            file.write(CLUSTER, third);
            assertEquals(Optional.of(third), read(Files.readAllBytes(checkpoint())));
        }
    }

    /** What the file held when it had a size, for each state of a history that was appended. */
    private Map<Integer, Desired> history(long seed, int count) throws IOException {
        RandomStates random = new RandomStates(seed);
        Map<Integer, Desired> states = new LinkedHashMap<>();
        try (CheckpointFile file = new CheckpointFile(directory(), HELLO)) {
            file.open();
            for (int i = 0; i < count; i++) {
                Desired state = random.next();
                file.write(CLUSTER, state);
                states.put(Math.toIntExact(Files.size(checkpoint())), state);
            }
        }
        return states;
    }

    private static Optional<Desired> lastWithin(Map<Integer, Desired> states, int size) {
        Optional<Desired> last = Optional.empty();
        for (Map.Entry<Integer, Desired> state : states.entrySet()) {
            if (state.getKey() <= size) {
                last = Optional.of(state.getValue());
            }
        }
        return last;
    }

    private static byte[] joined(byte[] bytes, int from, int to, int again, int end) {
        byte[] head = Arrays.copyOfRange(bytes, from, to);
        byte[] joined = Arrays.copyOf(head, head.length + end - again);
        System.arraycopy(bytes, again, joined, head.length, end - again);
        return joined;
    }

    private static Optional<Desired> read(byte[] bytes) throws IOException {
        return CheckpointReader
                .read(new DataInputStream(new ByteArrayInputStream(bytes)), bytes.length)
                .saved()
                .map(Saved::desired);
    }

    private Path directory() {
        return temporary.resolve("state").resolve("agent");
    }

    private Path checkpoint() {
        return directory().resolve("checkpoint");
    }
}
