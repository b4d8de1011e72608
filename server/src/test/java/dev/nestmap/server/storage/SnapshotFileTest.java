package dev.nestmap.server.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.model.state.Answers;
import dev.nestmap.model.state.Command;
import dev.nestmap.model.state.FleetState;
import dev.nestmap.model.state.RequestId;
import dev.nestmap.model.state.Result;
import dev.nestmap.model.state.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshot files: what is read is what was written, or nothing. */
final class SnapshotFileTest {
    @TempDir
    Path temporary;

    @Test
    void theEmptyStateComesBack() throws IOException {
        assertSameState(FleetState.EMPTY, writtenAndRead(FleetState.EMPTY));
    }

    @Test
    void everyKindOfContentComesBack() throws IOException {
        FleetState state = everything();
        FleetState read = writtenAndRead(state);
        assertSameState(state, read);
        // and the copy goes on as the original does
        Command next = create("later", MapType.HASH, Placement.everywhere());
        assertSameState(apply(state, next), apply(read, next));
    }

    @Test
    void whatIsForgottenComesBack() throws IOException {
        Command refused = new Command.Delete(name("absent"));
        FleetState state = small();
        for (int i = 1; i <= Answers.LIMIT + 100; i++) {
            RequestId id = new RequestId(Bytes.zeros(8).concat(Bytes.u64be(i % 3)), i);
            state = Transition.apply(state, id, refused).state();
        }
        Answers answers = state.answers()
                .restore(new RequestId(Bytes.zeros(16), -1), new Answers.Answer(
                        state.answers().lastSequence() + 1, 3, new Result.Forgotten()))
                .restoreGone(2);
        assertEquals(3, answers.marks().byClient().size());
        FleetState forgetful = new FleetState(state.revision(), state.lastMapId(), state.maps(),
                state.names(), state.nodes(), answers, state.elementCount());
        assertSameState(forgetful, writtenAndRead(forgetful));
    }

    @Test
    void anyFlippedBitIsRefused() throws IOException {
        Path file = temporary.resolve("snapshot");
        SnapshotWriter.write(small(), file);
        byte[] bytes = Files.readAllBytes(file);
        for (int position = 0; position < bytes.length; position++) {
            byte[] damaged = bytes.clone();
            damaged[position] ^= (byte) (1 << position % 8);
            Files.write(file, damaged);
            IOException e = assertThrows(IOException.class, () -> SnapshotReader.read(file));
            assertTrue(String.valueOf(e.getMessage()).contains(file.toString()));
        }
    }

    @Test
    void aFileCutAnywhereIsRefused() throws IOException {
        Path file = temporary.resolve("snapshot");
        SnapshotWriter.write(small(), file);
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(bytes, length));
            assertThrows(DamagedFileException.class, () -> SnapshotReader.read(file));
        }
    }

    @Test
    void aNewerFormatIsRefusedWithBothVersions() throws IOException {
        Path file = temporary.resolve("snapshot");
        SnapshotWriter.write(FleetState.EMPTY, file);
        byte[] bytes = Files.readAllBytes(file);
        bytes[SnapshotFormat.MAGIC.length + Integer.BYTES - 1] = 2;
        Files.write(file, bytes);
        String message = String.valueOf(
                assertThrows(IOException.class, () -> SnapshotReader.read(file)).getMessage());
        assertTrue(message.contains("format 2") && message.contains("up to 1"), message);
    }

    private FleetState writtenAndRead(FleetState state) throws IOException {
        Path file = temporary.resolve("snapshot");
        SnapshotWriter.write(state, file);
        return SnapshotReader.read(file);
    }

    static FleetState small() {
        return apply(FleetState.EMPTY, create("inner", MapType.ARRAY, Placement.everywhere()),
                new Command.Update(name("inner"), Bytes.u32le(3), new Value.Data(Bytes.zeros(8)),
                        0),
                new Command.SetLabels("node-1", new TreeMap<>(java.util.Map.of("zone", "a")),
                        List.of()));
    }

    private static FleetState everything() {
        FleetState state = apply(small(),
                create("nowhere", MapType.HASH, new Placement.FollowsOuter()),
                new Command.Create(MapSpec.of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, 8),
                        new Command.InnerSource.CopiedFrom(name("inner"))),
                new Command.Update(name("outer"), Bytes.u32le(1), new Value.Slot(name("inner")),
                        0),
                new Command.Delete(name("inner")),
                create("ports", MapType.DEVMAP, Placement.everywhere()),
                new Command.Update(name("ports"), Bytes.u32le(0),
                        new Value.Expression("ifindex(\"eth0\")"), 0),
                new Command.Update(name("ports"), Bytes.u32le(1), new Value.Data(Bytes.of(2, 0, 0,
                        0, 0, 0, 0, 0)), 0),
                create("sizes", MapType.HASH, Placement.everywhere()),
                new Command.Update(name("sizes"), Bytes.u32le(7),
                        new Value.Expression("ifindex(\"eth0\"), cpus()"), 0),
                new Command.Update(name("sizes"), Bytes.u32le(8),
                        new Value.Data(Bytes.of(1, 'c', 'p',
                                'u', 's', '(', ')', 0)),
                        0),
                new Command.Freeze(name("ports")), new Command.Freeze(name("ports")),
                new Command.LookupAndDelete(name("nowhere"), Bytes.u32le(9), 0),
                new Command.Txn(List.of(), List.of(), List.of()),
                create("large", MapType.HASH, Placement.everywhere()));
        for (int i = 0; i < 50_000; i++) {
            state = Transition.apply(state, new Command.Update(name("large"), Bytes.u32le(i),
                    new Value.Data(Bytes.u64le(i)), 0)).state();
        }
        return state;
    }

    private static Command create(String map, MapType type, Placement placement) {
        return new Command.Create(MapSpec.of("default", map, type, 4, 8, 100_000)
                .withPlacement(placement), new Command.InnerSource.None());
    }

    private static MapRef name(String map) {
        return new MapRef.ByName("default", map);
    }

    /** Each as a request of its own, so that the answers are remembered. */
    private static FleetState apply(FleetState state, Command... commands) {
        FleetState next = state;
        for (Command command : commands) {
            Transition transition = Transition.apply(next,
                    new RequestId(Bytes.zeros(16), next.answers().lastSequence() + 1), command);
            assertTrue(!(transition.result() instanceof Result.Refused)
                    || command instanceof Command.Freeze
                    || command instanceof Command.LookupAndDelete,
                    () -> command + ": " + transition.result());
            next = transition.state();
        }
        return next;
    }

    private static void assertSameState(FleetState expected, FleetState actual) {
        assertEquals(expected, actual);
    }
}
