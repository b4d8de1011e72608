package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.NestmapClient;
import dev.nestmap.model.Bytes;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.KernelMap;
import dev.nestmap.systemtests.rig.Running;
import dev.nestmap.systemtests.rig.ServiceManagerSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A host that loses all its maps, as in a reboot, while no server answers. {@code -Dnestmap.kills=20} for a longer run,
 * {@code -Dnestmap.seed=N} for another one.
 */
class RebootTest {
    private static final int KILLS = Integer.getInteger("nestmap.kills", 4);
    private static final long SEED = Long.getLong("nestmap.seed", 4);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String HOST = "host";
    private static final Pattern RESTORED = Pattern.compile("as they were at revision (\\d+)");
    private static final int MOST_WRITES_BETWEEN = 1_500;

    private final Processes processes = new Processes();
    private final String server = Processes.freeAddress();
    private final KernelContents kernel = new KernelContents(processes.pinRoot(HOST));
    private final Path checkpoint = processes.data(HOST + "-state");

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void theAgentAloneBringsTheMapsBackAndSaysReadyAndFollowsTheStoreThatReturns()
            throws IOException {
        Running store = startServer();
        Running agent = processes.startAgent(HOST, server, "zone=east");
        for (String line : List.of("map create type hash key 4 value 4 entries 64 name routes",
                "map create type array key 4 value 8 entries 4 name ring placement none",
                "map create type array_of_maps key 4 value 4 entries 8 name rings inner_map name ring",
                "map update name routes key 1 0 0 0 value 11 0 0 0",
                "map update name ring key 0 0 0 0 value 7 0 0 0 0 0 0 0",
                "map update name rings key 3 0 0 0 value name ring",
                "map wait name rings --for=applied", "map wait name routes --for=applied")) {
            Processes.done(server, line);
        }
        store.kill();
        agent.process().destroy();
        assertEquals(0, agent.awaitExit(SOON));
        reboot();
        assertFalse(Files.exists(kernel.pin("routes")));

        try (ServiceManagerSocket manager = new ServiceManagerSocket()) {
            Running alone = processes.track(
                    manager.heard(processes.agent(HOST, server, "zone=east")).start());
            manager.await("heard READY=1;STATUS=3 maps", Processes.START);
            // What is ready is there at that moment.
            assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(11)), kernel.map("routes").elements());
            KernelMap ring = kernel.innerMap(kernel.innerPins().iterator().next());
            assertEquals(Map.of(Bytes.u32le(3), Bytes.u32le(ring.id())),
                    kernel.map("rings").elements());
            assertEquals(7, ring.number(0));
            alone.awaitOutput("nestmap agent: node " + HOST, Processes.START);
            SortedMap<String, Integer> ids = kernel.ids();

            startServer();
            Processes.done(server, "map update name routes key 2 0 0 0 value 12 0 0 0");
            Processes.done(server, "map wait name routes --for=applied");
            assertEquals(Map.of(Bytes.u32le(1), Bytes.u32le(11), Bytes.u32le(2), Bytes.u32le(12)),
                    kernel.map("routes").elements());
            assertEquals(ids, kernel.ids());
            assertTrue(alone.err().contains("from the checkpoint on disk"), alone::err);
            alone.process().destroy();
            manager.await("heard STOPPING=1", SOON);
        }
    }

    @Test
    void anAgentWithNothingOnDiskIsNotReadyBeforeTheStoreAnswers() {
        try (ServiceManagerSocket manager = new ServiceManagerSocket()) {
            processes.track(manager.heard(processes.agent(HOST, server, "zone=east")).start());
            manager.await("heard STATUS=waits for the store", Processes.START);
            startServer();
            manager.await("heard READY=1;STATUS=0 maps", Processes.START);
        }
    }

    @Test
    void anAgentThatIsKilledWhileItWritesLeavesAWholeStateForTheNextBoot() throws IOException {
        Random random = new Random(SEED);
        System.out.printf("seed %d, %d kills%n", SEED, KILLS);
        startServer();
        try (NestmapClient client = Processes.patientClient(server);
                Writers writers = new Writers(client, new Ledger())) {
            Writers.createMaps(client);
            writers.pairs();
            writers.pairs();
            writers.single();
            awaitRevision(client, 100);
            long before = 0;
            for (int kill = 0; kill < KILLS; kill++) {
                String onDisk = onDisk();
                Running agent = processes.startAgent(HOST, server, "zone=east");
                Await.until(Processes.START, () -> !onDisk.equals(onDisk()), agent::err);
                awaitRevision(client, revision(client) + 1 + random.nextInt(MOST_WRITES_BETWEEN));
                agent.kill();
                long newest = revision(client);
                reboot();
                long restored = restoredAlone();
                System.out.printf("kill %d: revision %d was restored, the store was at %d%n", kill,
                        restored, newest);
                assertTrue(restored > before && restored <= newest,
                        "%d, between %d and %d".formatted(restored, before, newest));
                before = restored;
            }
            writers.stop();
            assertEquals(List.of(), writers.failures());
        }
    }

    /** The revision that an agent without servers brings the maps to, which are one state of the store. */
    private long restoredAlone() {
        Running alone = processes.startAgent(HOST, "127.0.0.1:1", "zone=east");
        Await.until(Processes.START, () -> RESTORED.matcher(alone.err()).find(), alone::err);
        Matcher restored = RESTORED.matcher(alone.err());
        assertTrue(restored.find());
        SortedMap<Bytes, Bytes> left = kernel.map(Writers.LEFT).elements();
        assertFalse(left.isEmpty());
        assertEquals(left, kernel.map(Writers.RIGHT).elements());
        alone.kill();
        return Long.parseLong(restored.group(1));
    }

    /** Another text once something was written. */
    private String onDisk() {
        return Command.of("find", checkpoint.toString(), "-name", "checkpoint", "-printf", "%i %s ")
                .attempt()
                .out();
    }

    private static long revision(NestmapClient client) {
        return client.map(Writers.LEFT).describe().revision();
    }

    private static void awaitRevision(NestmapClient client, long revision) {
        Await.until(SOON, () -> revision(client) >= revision, () -> "revision " + revision);
    }

    private void reboot() {
        assertTrue(Files.exists(checkpoint));
        Command.of("find", processes.pinRoot(HOST).toString(), "-mindepth", "1", "-delete").run();
    }

    private Running startServer() {
        Running store = processes.start("server", "--data-dir", processes.data("store").toString(),
                "--listen", server);
        store.awaitOutput("nestmap server: member", Processes.START);
        return store;
    }
}
