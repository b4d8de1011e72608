package dev.nestmap.systemtests.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The ways in which tests reach Nestmap lead to the same store, and nothing outlives a run. */
class NestmapRigTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int ENOENT_STATUS = 254;

    @TempDir
    private Path data;

    @Test
    void theCommandTheShellAndTheClientReachTheSameStore() {
        try (BpfFilesystem pins = new BpfFilesystem();
                Nestmap nestmap = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"));
                Shell shell = nestmap.shell();
                var client = nestmap.client()) {
            client.maps().create(MapSpec.of("default", "first", MapType.ARRAY, 4, 8, 4));
            assertEquals(nestmap.command("map", "show", "name", "first").run(),
                    shell.run("map show name first"));
            Command.Result absent = shell.attempt("map show name second");
            assertEquals(ENOENT_STATUS, absent.status());
            assertEquals(nestmap.attempt("map", "show", "name", "second"), absent);
        }
    }

    @Test
    void aKilledStoreIsGoneAtOnceAndCanBeStartedAgain() {
        try (BpfFilesystem pins = new BpfFilesystem()) {
            try (Nestmap killed = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"))) {
                killed.kill9();
                assertTrue(killed.attempt("--timeout", "1s", "status").status() != 0);
            }
            try (Nestmap again = Nestmap.dev(pins.folder("nestmap"), data.resolve("store"))) {
                again.command("status").run();
            }
        }
    }

    @Test
    void whatAKilledRunLeftRunningIsEnded() {
        String ofKilledRun = "/tmp/nmrig-" + Integer.MAX_VALUE + "-1/nestmap";
        String ofThisRun = "/tmp/" + Ownership.freshName() + "/nestmap";
        try (Running leftOver = daemon(ofKilledRun); Running ours = daemon(ofThisRun)) {
            Ownership.endLeftOver("the.main.Class");
            leftOver.awaitExit(SOON);
            assertTrue(ours.process().isAlive());
        }
    }

    private static Running daemon(String pinRoot) {
        Running daemon = Command
                .of("sh", "-c", "echo up; read _", "sh", "the.main.Class", "--pin-root", pinRoot)
                .start();
        daemon.awaitOutput("up", SOON);
        return daemon;
    }
}
