package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.ClientOptions;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member whose disk is full. */
class FullDiskTest {
    private static final int MIB = 1 << 20;

    private final String server = Processes.freeAddress();
    private final Processes processes = new Processes();
    private final Path disk = processes.data("disk");

    @BeforeEach
    void mountASmallDisk() throws IOException {
        Files.createDirectory(disk);
        Command.of("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", disk.toString()).run();
    }

    @AfterEach
    void unmountIt() {
        try (processes) {
            Command.of("umount", "--lazy", disk.toString()).run();
        }
    }

    @Test
    void theProcessEndsWithAFullMessageAndNothingAcknowledgedIsLost() {
        Running full = startServer();
        int acknowledged = writeUntilItEnds();
        assertEquals(1, full.awaitExit(Processes.START));
        assertTrue(full.err().contains("No space left on device"), full::err);
        assertTrue(full.err().contains("look for free space"), full::err);

        Command.of("mount", "-o", "remount,size=64m", disk.toString()).run();
        startServer();
        try (NestmapClient client = NestmapClient.connect(server)) {
            for (int i = 0; i < acknowledged; i++) {
                assertEquals(value(i), client.map("m").lookup(Bytes.u32le(i)).value());
            }
        }
        System.out.printf("%d MiB acknowledged before the disk was full, none lost%n",
                acknowledged);
    }

    private int writeUntilItEnds() {
        int acknowledged = 0;
        try (NestmapClient client = NestmapClient.connect(ClientOptions.defaults()
                .withTargets(server)
                .withTimeout(Duration.ofSeconds(2)))) {
            client.maps().create(MapSpec.of("default", "m", MapType.HASH, 4, MIB, 64));
            while (acknowledged < 64) {
                client.map("m").update(Bytes.u32le(acknowledged), value(acknowledged));
                acknowledged++;
            }
            throw new AssertionError("the disk is not full");
        } catch (NestmapException e) {
            assertEquals(NestmapException.Kind.OUTCOME_UNKNOWN, e.kind(), e::toString);
            return acknowledged;
        }
    }

    private static Value value(int number) {
        return new Value.Data(Bytes.u32le(number).concat(Bytes.zeros(MIB - 4)));
    }

    private Running startServer() {
        Running store = processes.start("server", "--data-dir", disk.resolve("store").toString(),
                "--listen", server);
        store.awaitOutput("nestmap server: member", Processes.START);
        return store;
    }
}
