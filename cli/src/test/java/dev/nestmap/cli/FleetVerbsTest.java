package dev.nestmap.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.cli.Shell.Ran;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.proto.v1.Drift;
import dev.nestmap.proto.v1.KernelProbe;
import dev.nestmap.proto.v1.MapCondition;
import dev.nestmap.proto.v1.Node;
import dev.nestmap.proto.v1.NodeFacts;
import dev.nestmap.proto.v1.Report;
import dev.nestmap.proto.v1.SetLabelsRequest;
import dev.nestmap.proto.v1.WaitAppliedResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FleetVerbsTest {
    private static final Node NODE = Node.newBuilder()
            .setName("lb-1")
            .setConnected(true)
            .putLabels("role", "lb")
            .setFacts(NodeFacts.newBuilder()
                    .setKernelRelease("6.18.0")
                    .setMachine("x86_64")
                    .setPossibleCpus(2)
                    .setAgentVersion("0.1.0")
                    .setSimulatedKernel(true)
                    .setPinRoot("/sys/fs/bpf/nestmap")
                    .addCapabilities("CAP_BPF")
                    .addAllSupportedTypes(Arrays.stream(MapType.values())
                            .filter(type -> type != MapType.DEVMAP)
                            .map(SpecCodec::type)
                            .toList())
                    .setProbe(KernelProbe.newBuilder()
                            .addMapFlags("no_prealloc")
                            .addMapFlags("mmapable")
                            .setOuterBatch(true)
                            .setOuterBatchMicros(8100)
                            .setOuterUpdateMicros(7950)
                            .setFreeze(true)
                            .setMmap(true)))
            .setReport(Report.newBuilder()
                    .setReceivedRevision(9)
                    .setStagedRevision(9)
                    .setAppliedRevision(8)
                    .setMaps(4)
                    .setLastApplyMicros(1500)
                    .addConditions(MapCondition.newBuilder()
                            .setMapId(3)
                            .setNamespace("default")
                            .setName("routes")
                            .setErrno(7)
                            .setMessage("update \"routes\": E2BIG (7)")
                            .setRetrying(true))
                    .addDrifts(drift("01 00 00 00", Drift.State.HELD_BACK)
                            .setNote("is mended at 12:00"))
                    .addDrifts(drift("02 00 00 00", Drift.State.MENDED)
                            .setMendedMillis(1_700_000_000_500L)))
            .build();

    private static Drift.Builder drift(String key, Drift.State state) {
        return Drift.newBuilder()
                .setMapId(3)
                .setNamespace("default")
                .setName("routes")
                .setKind(Drift.Kind.CONTENTS)
                .setKey(key)
                .setExpected("0b 00 00 00")
                .setFound("nothing")
                .setFirstSeenMillis(1_700_000_000_000L)
                .setLastSeenMillis(1_700_000_000_000L)
                .setTimes(2)
                .setState(state);
    }

    private FakeStore store;
    private Shell shell;

    @BeforeEach
    void start() throws IOException {
        store = FakeStore.start();
        shell = new Shell(store.address());
    }

    @AfterEach
    void stop() {
        store.close();
    }

    @Test
    void nodesAreATableThatMarksSimulatedKernels() {
        assertEquals(new Ran(0, "no nodes\n", ""), shell.run("node list"));
        store.fleet().add(NODE);
        assertEquals(
                new Ran(0,
                        """
                                NODE  AGENT      LABELS   APPLIED  MAPS  NOT AS DESIRED  DRIFT  KERNEL
                                lb-1  connected  role=lb  8        4     1               1      6.18.0 (simulated)
                                """,
                        ""),
                shell.run("node list"));
    }

    @Test
    void aSelectorIsSentAlong() {
        assertEquals(0, shell.run("node list -l role=lb").exitCode());
        assertEquals("role",
                store.fleet().listed().getFirst().getSelector().getRequirements(0).getKey());
        assertEquals(2, shell.run("node list -l a==b==c").exitCode());
    }

    @Test
    void aNodeShowsWhatIsNotAsDesired() {
        store.fleet().add(NODE);
        assertEquals(new Ran(0,
                """
                        lb-1: connected
                        \tlabels role=lb
                        \tkernel 6.18.0 (simulated)  machine x86_64  possible_cpus 2  agent 0.1.0
                        \tpin_root /sys/fs/bpf/nestmap
                        \tcapabilities CAP_BPF
                        \tmap types all but devmap
                        \tmap flags no_prealloc, mmapable
                        \tbatch of slots yes, 8.1 ms for 8 (8.0 ms for one by itself)
                        \tfreeze yes  mmap yes  btf no
                        \treceived 9  staged 9  applied 8  maps 4  last apply 1.500 ms
                        \tnot as desired: default/routes (id 3), never wholly applied: update "routes": E2BIG (7) (trying again)
                        """,
                ""), shell.run("node show lb-1"));
        String json = shell.run("node show lb-1 -j").out();
        assertTrue(json.startsWith("{\"name\":\"lb-1\",\"connected\":true,"), json);
        assertTrue(json.contains("\"simulated_kernel\":true"), json);
        assertTrue(json.contains("\"capabilities\":[\"CAP_BPF\"],\"probe\":{"
                + "\"map_flags\":[\"no_prealloc\",\"mmapable\"],\"outer_batch\":true,"
                + "\"outer_batch_micros\":8100,\"outer_update_micros\":7950,"
                + "\"freeze\":true,\"mmap\":true,\"btf\":false}"), json);
    }

    @Test
    void driftSaysWhichMapWhichKeySinceWhenAndWhetherItWasMended() {
        assertEquals(new Ran(0, "no drift\n", ""), shell.run("drift"));
        store.fleet().add(NODE);
        assertEquals(new Ran(0,
                """
                        NODE  MAP             KIND      KEY          EXPECTED     FOUND    SINCE                 TIMES  STATE
                        lb-1  default/routes  contents  01 00 00 00  0b 00 00 00  nothing  2023-11-14T22:13:20Z  2      held back: is mended at 12:00
                        lb-1  default/routes  contents  02 00 00 00  0b 00 00 00  nothing  2023-11-14T22:13:20Z  2      mended after 0.5 s
                        """,
                ""), shell.run("drift"));
        Ran open = shell.run("drift --open --node lb-1");
        assertEquals(1, open.exitCode());
        assertEquals(2, open.out().lines().count(), open.out());
        String json = shell.run("drift -j").out();
        assertTrue(json.startsWith("[{\"node\":\"lb-1\",\"map_id\":3,") && json.contains(
                "\"first_seen\":\"2023-11-14T22:13:20Z\"")
                && json.contains(
                        "\"state\":\"held_back\""),
                json);
    }

    @Test
    void labelsAreWrittenAsWithKubectl() {
        assertEquals(new Ran(0, "revision 0\n",
                "no agent of the name \"lb-1\" was seen yet; it has these labels when it comes (nestmap node list)\n"),
                shell.run("node label lb-1 role=lb zone= drained-"));
        store.fleet().add(NODE);
        assertEquals(new Ran(0, "revision 0\n", ""), shell.run("node label lb-1 role=lb"));
        SetLabelsRequest request = store.fleet().labelled().getFirst();
        assertEquals(Map.of("role", "lb", "zone", ""), request.getSetMap());
        assertEquals(List.of("drained"), request.getRemoveList());
        assertEquals(2, shell.run("node label lb-1").exitCode());
        assertEquals("Error: node label: expected KEY=VALUE or KEY-, got \"role\"\n",
                shell.run("node label lb-1 role").err());
        assertEquals("Error: node label: \"a\" is both set and removed\n",
                shell.run("node label lb-1 a=b a-").err());
    }

    @Test
    void aWaitNamesTheNodesThatAreNotThereYetAndWhy() {
        store.fleet()
                .answerWaits(WaitAppliedResponse.newBuilder()
                        .setRevision(9)
                        .addApplied("lb-1")
                        .addMissing(WaitAppliedResponse.Laggard.newBuilder()
                                .setNode("lb-2")
                                .setAppliedRevision(7)
                                .setReason("its agent is not connected"))
                        .build());
        assertEquals(new Ran(1, """
                revision 9 applied on 1 of 2 nodes: lb-1
                \tnot yet on lb-2, which is at revision 7: its agent is not connected
                """, ""), shell.run("map wait name routes --for=applied --timeout 2s"));
        long timeoutMillis = store.fleet().waits().getFirst().getTimeoutMillis();
        assertTrue(timeoutMillis > 1000 && timeoutMillis <= 2000, "waits " + timeoutMillis);
        assertEquals(
                "{\"revision\":9,\"applied\":[\"lb-1\"],\"missing\":[{\"node\":\"lb-2\","
                        + "\"applied_revision\":7,\"reason\":\"its agent is not connected\"}]}\n",
                shell.run("-j map wait name routes --revision 9").out());
        assertEquals(9, store.fleet().waits().getLast().getRevision());
    }

    @Test
    void aWaitThatIsOverSaysWhoIsThere() {
        store.fleet()
                .answerWaits(
                        WaitAppliedResponse.newBuilder().setRevision(9).addApplied("lb-1").build());
        assertEquals(new Ran(0, "revision 9 applied on 1 of 1 node: lb-1\n", ""),
                shell.run("map wait name routes"));
        assertEquals(255, shell.run("map wait name routes --for=staged").exitCode());
    }

    @Test
    void aWaitWithoutANameIsForAllMapsAndNamesTheMapThatIsNotThere() {
        assertEquals(0, shell.run(
                "map create type hash key 4 value 4 entries 8 name one").exitCode());
        assertEquals(0, shell.run(
                "map create type hash key 4 value 4 entries 8 name two").exitCode());
        store.fleet().answerWaits(WaitAppliedResponse.newBuilder().addApplied("lb-1").build());
        Ran all = shell.run("wait --for=applied");
        assertEquals(0, all.exitCode(), all.err());
        assertTrue(all.out().endsWith(" applied on 1 of 1 node: lb-1\n"), all.out());
        int asked = store.fleet().waits().size();
        assertTrue(asked >= 2, "asked " + asked);
        store.fleet()
                .answerWaits(WaitAppliedResponse.newBuilder()
                        .addApplied("lb-1")
                        .addMissing(WaitAppliedResponse.Laggard.newBuilder()
                                .setNode("lb-2")
                                .setAppliedRevision(7)
                                .setReason("no memory"))
                        .build());
        Ran one = shell.run("wait map two --timeout 1s");
        assertEquals(1, one.exitCode());
        assertTrue(one.out()
                .endsWith("\tnot yet on lb-2, which is at revision 7: map \"two\": no memory\n"),
                one.out());
        assertEquals(asked + 1, store.fleet().waits().size());
        assertEquals(2, shell.run("wait nodes").exitCode());
        assertEquals(2, shell.run("wait map").exitCode());
        assertEquals(2, shell.run("wait --for=staged").exitCode());
    }

    @Test
    void statusAsksEveryMember() {
        Ran status = shell.run("status");
        assertEquals(0, status.exitCode(), status.err());
        assertTrue(status.out().startsWith("""
                cluster c1  leader n1  term 1  revision 0
                maps 3  elements 5  agents 2  version 0.1.0  (said by n1)
                MEMBER  STATE"""), status.out());
        assertTrue(status.out().contains("\nn1      leader"), status.out());
        assertTrue(status.out().contains("\nn2      no answer  127.0.0.1:1"), status.out());
        assertTrue(status.out().contains("\nn2: show member 127.0.0.1:1: "), status.out());
        assertTrue(shell.run("status -j")
                .out()
                .startsWith(
                        "{\"cluster_id\":\"c1\",\"member_id\":\"n1\",\"leader_id\":\"n1\",\"term\":1,\"revision\":0,"),
                "JSON");
    }
}
