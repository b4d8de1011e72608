package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.nestmap.client.LivePart;
import dev.nestmap.client.LiveQuery;
import dev.nestmap.client.LiveRead;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.client.PinQuery;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.ErrorCodec.StoreError;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.AskPinRequest;
import dev.nestmap.proto.v1.LiveCount;
import dev.nestmap.proto.v1.LiveQuestion;
import dev.nestmap.proto.v1.NodeServiceGrpc;
import dev.nestmap.proto.v1.PinQuestion;
import dev.nestmap.proto.v1.ReadLiveRequest;
import dev.nestmap.systemtests.rig.Await;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kernels are asked by the leader, which is where agents are; whoever asks another member gets there. */
class LiveReadsMovedTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String NODE = "east";
    private static final MapRef MAP = new MapRef.ByName("default", "m");
    private static final List<Element> ELEMENTS = List
            .of(new Element(Bytes.u32le(1), new Value.Data(Bytes.u32le(2))));

    private Processes processes;
    private Members members;

    @BeforeEach
    void startThreeMembersAndAnAgent() {
        processes = new Processes();
        members = new Members(processes);
        leader();
        processes.startAgent(NODE, String.join(",", members.addresses()), "role=lb");
        Processes.done(members.address("a"), "map create type hash key 4 value 4 entries 8 name m");
        Processes.done(members.address("a"), "map update name m key 1 0 0 0 value 2 0 0 0");
        Await.until(SOON, () -> Processes.run(members.address("a"), "node list")
                .out()
                .contains(" connected "), members::said);
        Processes.done(members.address("a"), "map wait name m");
    }

    @AfterEach
    void endThem() {
        processes.close();
    }

    @Test
    void aReadThatIsAskedOfAFollowerReachesTheAgentThroughTheLeader() throws Exception {
        String leader = leader();
        String follower = members.other(leader);
        assertNamesLeader(leader, follower, stub -> stub.readLive(ReadLiveRequest.newBuilder()
                .setMap(dev.nestmap.proto.v1.MapRef.newBuilder().setName("m"))
                .setQuestion(LiveQuestion.newBuilder().setCount(LiveCount.getDefaultInstance()))
                .build()));
        assertNamesLeader(leader, follower, stub -> stub.askPin(AskPinRequest.newBuilder()
                .setNode(NODE)
                .setQuestion(PinQuestion.newBuilder().setPin(pin()))
                .build()));
        // Of the one member that it is told of it learns who leads.
        try (NestmapClient client = Processes.patientClient(members.address(follower))) {
            assertEquals(Optional.of(ELEMENTS), elements(client));
            try (LiveRead read = client.nodes()
                    .askPin(new PinQuery(NODE, pin(), new PinQuery.Ask.Examine(), SOON))) {
                assertEquals(pin(), read.next() instanceof LivePart.Pinned(String _, var map)
                        ? map.pin()
                        : "");
            }
        }
        assertEquals("1 element\n", Processes.done(members.address(follower),
                "map count name m --node " + NODE));
    }

    @Test
    void whenTheLeaderIsGoneTheNextOneAsksTheAgent() {
        try (NestmapClient client = Processes.patientClient(members.addresses())) {
            assertEquals(Optional.of(ELEMENTS), elements(client));
            String former = leader();
            members.kill(former);
            // The agent finds the next leader in its own time; until then the node is said to be away.
            Await.until(SOON, () -> elements(client).equals(Optional.of(ELEMENTS)),
                    members::said);
            String leader = leader();
            String follower = Stream.of("a", "b", "c")
                    .filter(id -> !id.equals(leader) && !id.equals(former))
                    .findFirst()
                    .orElseThrow();
            assertEquals("1 element\n", Processes.done(members.address(follower),
                    "map count name m --node " + NODE));
        }
    }

    /** What is in the node's kernel; empty where the node failed, or the member that asked it. */
    private static Optional<List<Element>> elements(NestmapClient client) {
        List<Element> all = new ArrayList<>();
        boolean failed = false;
        try (LiveRead read = client.nodes()
                .readLive(LiveQuery.of(MAP, new LiveQuery.Question.Dump()).at(NODE))) {
            while (read.hasNext()) {
                switch (read.next()) {
                    case LivePart.Elements(String _, List<Element> some) -> all.addAll(some);
                    case LivePart.Failed _ -> failed = true;
                    case LivePart.Complete _,LivePart.Pinned _ -> {
                        // Nothing to add.
                    }
                }
            }
        } catch (NestmapException e) {
            if (e.kind() != NestmapException.Kind.UNAVAILABLE) {
                throw e;
            }
            failed = true;
        }
        return failed ? Optional.empty() : Optional.of(all);
    }

    private void assertNamesLeader(String leader, String follower,
            Function<NodeServiceGrpc.NodeServiceBlockingStub, Iterator<?>> call)
            throws InterruptedException {
        ManagedChannel channel = Grpc
                .newChannelBuilder(members.address(follower), InsecureChannelCredentials.create())
                .build();
        try {
            StatusRuntimeException refused = assertThrows(StatusRuntimeException.class,
                    () -> call.apply(NodeServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(SOON.toSeconds(), TimeUnit.SECONDS)).next());
            assertEquals(Optional.of(StoreError.NO_LEADER), ErrorCodec.storeError(refused),
                    refused::toString);
            assertEquals(Optional.of(members.address(leader)), ErrorCodec.leader(refused),
                    refused::toString);
        } finally {
            channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
        }
    }

    private String pin() {
        return processes.pinRoot(NODE).resolve("default").resolve("m").toString();
    }

    private String leader() {
        Await.until(SOON, () -> members.leader().isPresent(), () -> "no member leads");
        return members.leader().orElseThrow();
    }
}
