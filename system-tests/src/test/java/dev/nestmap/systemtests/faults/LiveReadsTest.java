package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.LiveQuery;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Await;
import dev.nestmap.systemtests.rig.BpfProgram;
import dev.nestmap.systemtests.rig.Command;
import dev.nestmap.systemtests.rig.Running;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is really in the kernels of two hosts, read from one desk. */
class LiveReadsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String EAST = "east";
    private static final String WEST = "west";

    private final String server = Processes.freeAddress();
    private Processes processes;
    private Running west;
    private KernelContents eastKernel;
    private KernelContents westKernel;

    @BeforeEach
    void startAStoreAndTwoAgents() {
        processes = new Processes();
        Running store = processes.start("server", "--data-dir",
                processes.data("store").toString(), "--listen", server);
        processes.startAgent(EAST, server, "zone=east");
        west = processes.startAgent(WEST, server, "zone=west");
        store.awaitOutput("nestmap server", Processes.START);
        eastKernel = new KernelContents(processes.pinRoot(EAST));
        westKernel = new KernelContents(processes.pinRoot(WEST));
        Await.until(Processes.START, () -> Processes.run(server, "node list")
                .out()
                .lines()
                .filter(line -> line.contains(" connected "))
                .count() == 2, () -> Processes.run(server, "node list").out());
    }

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void aNodesMapLooksAsBpftoolShowsItThere() {
        for (String type : List.of("lru_hash", "lru_percpu_hash")) {
            done("map create type " + type + " key 4 value 6 entries 100 name " + type);
            done("map update name " + type + " key 1 0 0 0 value 1 2 3 4 5 6");
            done("map wait name " + type);
            // What a program of that host put in; the store knows nothing of it.
            Command.of("bpftool", "map", "update", "pinned", eastKernel.pin(type).toString(),
                    "key", "7", "0", "0", "0", "value", "9", "8", "7", "6", "5", "4").run();
            List<String> pinned = List.of("pinned", eastKernel.pin(type).toString());
            assertEquals(Command.of("bpftool", "-j", "map", "dump").and(pinned).run().strip(),
                    done("-j map dump name " + type + " --node east --live").strip());
            assertEquals(Command.of("bpftool", "map", "dump").and(pinned).run(),
                    done("map dump name " + type + " --node east"));
            assertEquals(
                    Command.of("bpftool", "-j", "map", "lookup")
                            .and(pinned)
                            .and("key", "7", "0", "0", "0")
                            .run()
                            .strip(),
                    done("-j map lookup name " + type + " key 7 0 0 0 --node east").strip());
            assertEquals("2 elements\n", done("map count name " + type + " --node east"));
            assertEquals("1 element\n", done("map count name " + type + " --node west"));
            assertEquals("1 element\n", done("map count name " + type));
            Answer absent = Processes.run(server,
                    "map lookup name " + type + " key 7 0 0 0 --node west");
            assertEquals(254, absent.exitCode(), absent::toString);
            assertTrue(absent.out().contains("Not found"), absent::toString);
        }
    }

    @Test
    void countersOfAllCpusAndNodesAreOneNumber() {
        done("map create type lru_percpu_hash key 4 value 8 entries 100 name counters");
        done("map wait name counters");
        long cpus = possibleCpus();
        for (KernelContents kernel : List.of(eastKernel, westKernel)) {
            // bpftool writes the value of every CPU.
            kernel.map("counters").update(Bytes.u32le(1), Bytes.u64le(3_000_000_000L));
        }
        eastKernel.map("counters").update(Bytes.u32le(2), Bytes.u64le(5));
        assertEquals(
                "key: 01 00 00 00  sum: %d\nkey: 02 00 00 00  sum: %d\nFound 2 elements on 2 nodes\n"
                        .formatted(2 * cpus * 3_000_000_000L, 5 * cpus),
                done("map dump name counters --all-nodes --sum"));
        assertEquals(
                "{\"sums\":[{\"key\":[\"0x02\",\"0x00\",\"0x00\",\"0x00\"],\"sum\":%d}],\"nodes\":[\"east\",\"west\"],\"failed\":[]}\n"
                        .formatted(5 * cpus),
                done("-j map lookup name counters key 2 0 0 0 --all-nodes --sum"));
        assertEquals("3 elements on 2 nodes\n", done("map count name counters --all-nodes --sum"));
        assertEquals("[{\"node\":\"east\",\"count\":2},{\"node\":\"west\",\"count\":1}]",
                sorted(done("-j map count name counters --all-nodes").strip()));
    }

    /** Nodes answer in any order. */
    private static String sorted(String two) {
        String first = "{\"node\":\"east\",\"count\":2}";
        String second = "{\"node\":\"west\",\"count\":1}";
        return two.equals("[%s,%s]".formatted(second, first))
                ? "[%s,%s]".formatted(first, second)
                : two;
    }

    @Test
    void valuesWithTypesAreAddedFieldByField() {
        done("import " + BpfProgram.compile("import_balancer"));
        done("map update name stats key 3 value", "{\"flags\":2,\"vip_num\":511}");
        done("map wait name stats");
        long values = 2 * possibleCpus();
        String sum = done("-j map lookup name stats key 3 --all-nodes --sum");
        assertTrue(sum.contains("\"formatted_key\":3,\"sum\":{\"flags\":%d,\"vip_num\":%d}"
                .formatted(2 * values, 511 * values)), sum);
        String east = done("-j map lookup name stats key 3 --node east");
        assertEquals(Command.of("bpftool", "-j", "map", "lookup", "pinned",
                eastKernel.pin("stats").toString(), "key", "3", "0", "0", "0").run().strip(),
                east.strip());
    }

    @Test
    void slotsNameTheMapsOfTheStoreAndTheirElementsCanBeShownToo() {
        done("map create type array key 4 value 4 entries 2 name inner placement none");
        done("map create type array_of_maps key 4 value 4 entries 4 name outer inner_map name inner");
        done("map update name inner key 1 0 0 0 value 7 0 0 0");
        done("map update name outer key 2 0 0 0 value name inner");
        done("map wait name outer");
        assertEquals(done("map dump name outer"), done("map dump name outer --node west"));
        String recursive = done("map dump name outer --recursive --node west");
        assertTrue(recursive.contains("\tkey: 01 00 00 00  value: 07 00 00 00\n"), recursive);
        assertTrue(recursive.contains("\tFound 2 elements\n"), recursive);
        String both = done("-j map dump name outer --recursive --all-nodes");
        for (String node : List.of(EAST, WEST)) {
            assertTrue(both.contains("{\"node\":\"%s\",\"answer\":[{\"key\":".formatted(node)),
                    both);
        }
    }

    @Test
    void aNodeThatIsAwayOrLateIsNamedAndTheOthersAnswersAreKept() {
        done("map create type hash key 4 value 4 entries 100 name m");
        done("map update name m key 1 0 0 0 value 2 0 0 0");
        done("map wait name m");
        signal("STOP");
        Answer late = Processes.run(server, "--timeout 2s map dump name m --all-nodes");
        assertEquals(1, late.exitCode(), late::toString);
        assertEquals("node east:\nkey: 01 00 00 00  value: 02 00 00 00\nFound 1 element\n",
                late.out());
        assertTrue(late.err()
                .contains(
                        "node west: it did not answer before the time was over"),
                late::toString);
        signal("CONT");
        Await.until(SOON, () -> done("map count name m --node west").equals("1 element\n"),
                () -> Processes.run(server, "map count name m --node west").toString());
        west.kill();
        Await.until(SOON, () -> Processes.run(server, "node list").out().contains(" away"),
                () -> Processes.run(server, "node list").out());
        Answer away = Processes.run(server, "map dump name m --all-nodes --sum");
        assertEquals(1, away.exitCode(), away::toString);
        assertEquals("key: 01 00 00 00  sum: 2\nFound 1 element on 1 of 2 nodes\n", away.out());
        assertTrue(away.err().contains("node west: its agent is not connected"), away::toString);
        Answer alone = Processes.run(server, "map dump name m --node west");
        assertEquals(1, alone.exitCode(), alone::toString);
        assertEquals("", alone.out());
    }

    @Test
    void whatCannotBeReadIsRefusedWithTheReason() {
        done("map create type queue key 0 value 4 entries 8 name q");
        done("map create type hash key 4 value 12 entries 8 name wide placement zone=east");
        done("map wait name q");
        done("map wait name wide");
        assertRefused(254, "empty map", "map lookup name q --node east");
        // As a program of that host would.
        Command.of("bpftool", "map", "push", "pinned", eastKernel.pin("q").toString(), "value",
                "5", "0", "0", "0").run();
        assertTrue(done("map lookup name q --node east").contains("value: 05 00 00 00"));
        assertRefused(161, "a lookup shows its head", "map dump name q --node east");
        assertRefused(234, "key is 2 bytes, the map has key_size 4",
                "map lookup name wide key 1 2 --node east");
        assertRefused(254, "it is not on this node", "map dump name wide --node west");
        assertRefused(1, "no agent of that name follows", "map dump name wide --node nowhere");
        assertRefused(234, "nothing says which numbers are in the 12 bytes",
                "map dump name wide --node east --sum");
        assertRefused(254, "there is no such map", "map dump name nosuch --node east");
        assertRefused(255, "exclude each other", "map dump name q --node east --all-nodes");
        assertRefused(255, "say which, by --node", "map dump name q --live");
    }

    @Test
    void aLargeMapComesInPagesAndWhoeverStopsReadingStopsTheNode() {
        done("map create type array key 4 value 64 entries 65536 name large");
        done("map wait name large");
        assertEquals("65536 elements\n", done("map count name large --node east"));
        String all = done("map dump name large --node east");
        assertTrue(all.endsWith("Found 65536 elements\n"), all.substring(all.length() - 100));
        for (int i = 0; i < 20; i++) {
            try (var client = Processes.patientClient(server);
                    var read = client.nodes()
                            .readLive(LiveQuery.of(
                                    new MapRef.ByName("default", "large"),
                                    new LiveQuery.Question.Dump()).at(EAST))) {
                assertTrue(read.hasNext());
            }
        }
        // Left alone half way, they hold no place at the agent.
        assertEquals("65536 elements\n", done("map count name large --node east"));
    }

    private void assertRefused(int exitCode, String words, String line) {
        Answer answer = Processes.run(server, line);
        assertEquals(exitCode, answer.exitCode(), answer::toString);
        assertTrue((answer.out() + answer.err()).contains(words), answer::toString);
    }

    private String done(String line, String... more) {
        return Processes.done(server, line, more);
    }

    private void signal(String signal) {
        Command.of("kill", "-" + signal, Long.toString(west.process().pid())).run();
    }

    private static long possibleCpus() {
        String range = Command.of("cat", "/sys/devices/system/cpu/possible").run().strip();
        return 1 + Long.parseLong(range.substring(range.lastIndexOf('-') + 1));
    }
}
