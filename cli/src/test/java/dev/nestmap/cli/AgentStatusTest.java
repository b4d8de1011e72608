package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.AgentConfig;
import dev.nestmap.agent.local.StatusSocket;
import dev.nestmap.cli.Shell.Ran;
import dev.nestmap.proto.v1.AgentStatus;
import dev.nestmap.proto.v1.Drift;
import dev.nestmap.proto.v1.HeldMap;
import dev.nestmap.proto.v1.MapCondition;
import dev.nestmap.proto.v1.NodeFacts;
import dev.nestmap.proto.v1.Report;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code agent status} asks the agent of this host. */
class AgentStatusTest {
    private static final Path PIN_ROOT = Path.of("/sys/fs/bpf/nestmap");
    private static final AgentStatus WELL = AgentStatus.newBuilder()
            .setNode("lb-1")
            .putLabels("role", "lb")
            .setFacts(NodeFacts.newBuilder()
                    .setKernelRelease("6.18.0")
                    .setMachine("x86_64")
                    .setPossibleCpus(2)
                    .setAgentVersion("0.1.0")
                    .setPinRoot(PIN_ROOT.toString()))
            .setReport(Report.newBuilder()
                    .setReceivedRevision(9)
                    .setStagedRevision(9)
                    .setAppliedRevision(9)
                    .setMaps(1)
                    .setLastApplyMicros(1500))
            .addMaps(HeldMap.newBuilder()
                    .setMapId(3)
                    .setNamespace("default")
                    .setName("routes")
                    .setPin("/sys/fs/bpf/nestmap/default/routes")
                    .setKernelId(77)
                    .setElements(5)
                    .setMaxEntries(64))
            .setConnected(true)
            .setServer("10.0.0.1:7480")
            .setConnectedMillis(3_723_000)
            .setReady(true)
            .setRunsMillis(4500)
            .setCheckpointRevision(9)
            .setCheckpointAgeMillis(2100)
            .build();

    @TempDir
    private Path state;
    private Path socket = Path.of("");

    @BeforeEach
    void makeTheAgentsDirectory() throws Exception {
        socket = AgentConfig.statusSocket(state, PIN_ROOT);
        Files.createDirectories(socket.getParent());
    }

    private Ran ask(String line) {
        return new Shell("127.0.0.1:1").run(line + " --state-dir " + state);
    }

    @Test
    void itShowsConnectionRevisionsMapsAndCheckpoint() throws Exception {
        try (StatusSocket _ = StatusSocket.open(socket, () -> WELL)) {
            assertEquals(new Ran(0,
                    """
                            lb-1: follows 10.0.0.1:7480 for 1:02:03 h
                            \tlabels role=lb
                            \truns for 4.5 s  programs can rely on its maps
                            \tkernel 6.18.0  machine x86_64  possible_cpus 2  agent 0.1.0
                            \tpin_root /sys/fs/bpf/nestmap
                            \treceived 9  staged 9  applied 9  maps 1  last apply 1.500 ms
                            \tcheckpoint of revision 9, written 2.1 s ago
                            MAP             ID  ELEMENTS  ROOM FOR  KEPT  KERNEL ID  PIN
                            default/routes  3   5         64        0     77         /sys/fs/bpf/nestmap/default/routes
                            """,
                    ""), ask("agent status"));
            String json = ask("agent status -j").out();
            assertTrue(json.startsWith(
                    "{\"name\":\"lb-1\",\"connected\":true,\"server\":\"10.0.0.1:7480\","
                            + "\"connected_millis\":3723000,"),
                    json);
            assertTrue(json.contains(
                    "\"checkpoint\":{\"revision\":9,\"age_millis\":2100,\"trouble\":\"\"}"), json);
            assertTrue(json.contains("\"maps\":[{\"id\":3,\"namespace\":\"default\","), json);
            assertEquals(json.replaceAll("\\s", ""),
                    ask("agent status -o json").out().replaceAll("\\s", ""));
        }
    }

    @Test
    void anAgentThatIsNotWellGivesOne() throws Exception {
        AgentStatus ill = WELL.toBuilder()
                .setReport(WELL.getReport()
                        .toBuilder()
                        .addConditions(MapCondition.newBuilder()
                                .setMapId(3)
                                .setNamespace("default")
                                .setName("routes")
                                .setMessage("it is full")))
                .build();
        try (StatusSocket _ = StatusSocket.open(socket, () -> ill)) {
            Ran ran = ask("agent status");
            assertEquals(1, ran.exitCode());
            assertTrue(ran.out()
                    .contains(
                            "\tnot as desired: default/routes (id 3), never wholly applied: it is full\n"),
                    ran.out());
        }
        AgentStatus alone = WELL.toBuilder()
                .setConnected(false)
                .setTrouble("connection refused")
                .build();
        try (StatusSocket _ = StatusSocket.open(socket, () -> alone)) {
            Ran ran = ask("agent status");
            assertEquals(1, ran.exitCode());
            assertTrue(ran.out()
                    .startsWith(
                            "lb-1: does not follow the store now: connection refused\n"),
                    ran.out());
        }
    }

    @Test
    void eachOpenDriftIsALineAndOfVeryManyTheFirstTwenty() throws Exception {
        Report.Builder report = WELL.getReport().toBuilder().setUnlistedDrifts(7);
        for (int key = 1; key <= 25; key++) {
            report.addDrifts(drift("%02x 00 00 00".formatted(key), Drift.State.HELD_BACK));
        }
        report.addDrifts(drift("ff 00 00 00", Drift.State.MENDED));
        AgentStatus drifting = WELL.toBuilder().setReport(report).build();
        try (StatusSocket _ = StatusSocket.open(socket, () -> drifting)) {
            List<String> told = ask("agent status").out()
                    .lines()
                    .filter(line -> line.startsWith("\tdrift: "))
                    .toList();
            assertEquals(20, told.size(), told.toString());
            assertEquals(
                    "\tdrift: default/routes, contents, 01 00 00 00, since 2023-11-14T22:13:20Z, held back",
                    told.getFirst());
            assertTrue(ask("agent status").out().contains("\n\tand 12 more\n"),
                    ask("agent status").out());
        }
        AgentStatus left = WELL.toBuilder()
                .setReport(WELL.getReport()
                        .toBuilder()
                        .addDrifts(drift("pin /sys/fs/bpf/lb/vips", Drift.State.LEFT)))
                .build();
        try (StatusSocket _ = StatusSocket.open(socket, () -> left)) {
            String out = ask("agent status").out();
            assertTrue(out.contains("pin /sys/fs/bpf/lb/vips, since 2023-11-14T22:13:20Z, left\n"),
                    out);
            assertFalse(out.contains(" more\n"), out);
        }
    }

    private static Drift drift(String key, Drift.State state) {
        return Drift.newBuilder()
                .setMapId(3)
                .setNamespace("default")
                .setName("routes")
                .setKind(Drift.Kind.CONTENTS)
                .setKey(key)
                .setExpected("0b 00 00 00")
                .setFound("nothing")
                .setFirstSeenMillis(1_700_000_000_000L)
                .setLastSeenMillis(1_700_000_000_500L)
                .setTimes(2)
                .setState(state)
                .build();
    }

    @Test
    void whereNoAgentRunsThatIsSaid() {
        Ran ran = ask("agent status");
        assertEquals(1, ran.exitCode());
        assertTrue(ran.err()
                .startsWith(
                        "Error: ask the agent of /sys/fs/bpf/nestmap at " + socket + ": "),
                ran.err());
    }

    @Test
    void optionsStandBeforeTheLastWordToo() throws Exception {
        try (StatusSocket _ = StatusSocket.open(socket, () -> WELL)) {
            Shell shell = new Shell("127.0.0.1:1");
            assertEquals(0,
                    shell.run("agent --state-dir %s status".formatted(state)).exitCode());
            Ran foreign = shell.run("agent --node x status --state-dir " + state);
            assertEquals(2, foreign.exitCode());
            assertEquals(
                    "Error: agent status has no option --node (see nestmap agent status --help)\n",
                    foreign.err());
        }
    }
}
