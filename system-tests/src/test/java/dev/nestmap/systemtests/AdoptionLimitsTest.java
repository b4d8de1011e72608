package dev.nestmap.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adopting what is frozen, what is too much, and what somebody else adopts at the same moment. */
class AdoptionLimitsTest {
    private static final int TOO_MANY = 100_001;

    @TempDir
    private Path data;
    private LoaderHost host;
    private Path folder;
    private Shell shell;

    @BeforeEach
    void start() {
        host = new LoaderHost(data, _ -> {});
        folder = host.folder();
        shell = host.shell();
    }

    @AfterEach
    void endThem() {
        host.close();
    }

    @Test
    void aFrozenMapIsFrozenInTheStoreToo() {
        KernelMap map = KernelMap.create(folder.resolve("fixed"),
                "type array key 4 value 4 entries 2");
        map.update(Bytes.u32le(1), Bytes.u32le(7));
        Command.of("bpftool", "map", "freeze", "pinned", folder.resolve("fixed").toString())
                .run();
        shell.run("map adopt pinned " + folder.resolve("fixed") + " --node host --contents");
        shell.run("map wait name fixed");
        assertTrue(shell.run("map lookup name fixed key 1 0 0 0").contains("value: 07 00 00 00"));
        Command.Result refused = shell.attempt("map update name fixed key 1 0 0 0 value 8 0 0 0");
        assertEquals(255, refused.status(), refused.toString());
    }

    @Test
    void whatProgramsCountIsTakenOverOnceAndNeverPutBack() {
        Path pin = folder.resolve("counts");
        KernelMap map = KernelMap.create(pin, "type percpu_array key 4 value 8 entries 2");
        write(pin, 7);
        int id = map.id();
        assertTrue(shell.run("map adopt pinned " + pin + " --node host --contents")
                .contains("ownership seed"));
        shell.run("map wait name counts");
        assertTrue(shell.run("map dump name counts").contains("07 00 00 00 00 00 00 00"));
        // A program goes on counting.
        write(pin, 9);
        shell.run("map create type array key 4 value 4 entries 1 name other");
        shell.run("map wait name other");
        assertTrue(shell.run("map lookup name counts key 0 0 0 0 --node host")
                .contains("09 00 00 00 00 00 00 00"));
        assertEquals(id, map.id());
    }

    /** Into the element 0, for each CPU. */
    private static void write(Path pin, int count) {
        Command.of("bpftool", "map", "update", "pinned", pin.toString(), "key", "0", "0", "0",
                "0", "value", Integer.toString(count), "0", "0", "0", "0", "0", "0", "0").run();
    }

    @Test
    void moreThanOneTransactionTakesIsRefusedBeforeAnythingIsWritten() throws IOException {
        KernelMap map = KernelMap.create(folder.resolve("large"),
                "type hash key 4 value 4 entries " + TOO_MANY);
        Path batch = data.resolve("batch");
        Files.writeString(batch, IntStream.range(0, TOO_MANY)
                .mapToObj(i -> "map update pinned %s key hex %s value hex 01 00 00 00\n".formatted(
                        folder.resolve("large"),
                        "%02x %02x %02x 00".formatted(i & 0xff, i >> 8 & 0xff, i >> 16)))
                .collect(Collectors.joining()));
        Command.of("bpftool", "batch", "file", batch.toString()).run();
        int id = map.id();
        Command.Result refused = shell.attempt(
                "map adopt pinned " + folder.resolve("large") + " --node host --contents");
        assertEquals(249, refused.status(), refused.toString());
        assertTrue(refused.err().contains("more than 100000 elements"), refused.toString());
        assertEquals("[]\n", shell.run("-j map show"));
        // The way out that it names.
        shell.run("map adopt pinned " + folder.resolve("large")
                + " ownership shared --node host");
        shell.run("map update name large key 0 0 0 0 value 2 0 0 0");
        shell.run("map wait name large");
        assertEquals(id, map.id());
        assertEquals("%d elements%n".formatted(TOO_MANY),
                shell.run("map count name large --node host"));
        assertTrue(shell.run("map lookup name large key 0 0 0 0 --node host")
                .contains("value: 02 00 00 00"));
    }

    @Test
    void ofTwoAtTheSameMomentOneAdoptsAndTheStoreHasItOnce() throws Exception {
        KernelMap map = KernelMap.create(folder.resolve("routes"),
                "type hash key 4 value 4 entries 8");
        map.update(Bytes.u32le(1), Bytes.u32le(7));
        int id = map.id();
        String line = "map adopt pinned " + folder.resolve("routes") + " --node host --contents";
        try (Shell other = host.nestmap().shell();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Command.Result>> both = List.of(
                    threads.submit(() -> shell.attempt(line)),
                    threads.submit(() -> other.attempt(line)));
            int adopted = 0;
            for (Future<Command.Result> one : both) {
                Command.Result result = one.get();
                if (result.out().contains("adopted hash")) {
                    adopted++;
                } else {
                    assertTrue((result.out() + result.err())
                            .matches("(?s).*(nothing to do|was defined at this moment).*"),
                            result.toString());
                }
            }
            assertEquals(1, adopted, both.toString());
        }
        shell.run("map wait name routes");
        assertEquals(id, map.id());
        assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(7)), map.elements());
        assertEquals(1, shell.run("map show")
                .lines()
                .filter(l -> l.contains("name routes"))
                .count());
    }
}
