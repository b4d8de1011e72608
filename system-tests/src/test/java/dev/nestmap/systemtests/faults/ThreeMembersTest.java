package dev.nestmap.systemtests.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.nestmap.client.Consistency;
import dev.nestmap.client.NestmapClient;
import dev.nestmap.client.NestmapException;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.map.Value;
import dev.nestmap.proto.v1.Element;
import dev.nestmap.proto.v1.MapRef;
import dev.nestmap.proto.v1.MapServiceGrpc;
import dev.nestmap.proto.v1.RequestId;
import dev.nestmap.proto.v1.UpdateRequest;
import dev.nestmap.systemtests.faults.Processes.Answer;
import dev.nestmap.systemtests.rig.Await;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A store of three members, one of which is gone. */
class ThreeMembersTest {
    /** What the project promises: writes go on within this time. */
    private static final Duration FAILOVER = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int SOME_WRITES = 200;

    private Processes processes;
    private Members members;
    private NestmapClient client;

    @BeforeEach
    void startThreeMembers() {
        processes = new Processes();
        members = new Members(processes);
        client = Processes.patientClient(members.addresses());
    }

    @AfterEach
    void endThem() {
        try (Processes _ = processes; NestmapClient _ = client) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    @Test
    void writesGoOnWithinFiveSecondsAndNothingAcknowledgedIsLostWhenMembersAreKilled() {
        Writers.createMaps(client);
        Ledger ledger = new Ledger();
        try (Writers writers = new Writers(client, ledger)) {
            writers.single();
            writers.pairs();
            writers.once();
            writers.once();
            awaitWrites(ledger);

            String leader = leader();
            Duration outage = killAndWrite(leader);
            checkNothingIsLost(ledger, writers);
            awaitWrites(ledger);
            Duration catchingUp = restartAndCatchUp(leader);
            checkNothingIsLost(ledger, writers);

            String follower = members.other(leader());
            Duration pause = killAndWrite(follower);
            awaitWrites(ledger);
            restartAndCatchUp(follower);
            writers.stop();
            checkNothingIsLost(ledger, writers);
            System.out.printf("from the kill of the leader to the next acknowledged write %d ms"
                    + " (limit %d ms), of a follower %d ms; the killed leader had caught up %d ms"
                    + " after its start; %d writes acknowledged, none lost%n", outage.toMillis(),
                    FAILOVER.toMillis(), pause.toMillis(), catchingUp.toMillis(),
                    ledger.count());
            assertTrue(outage.compareTo(FAILOVER) <= 0, () -> "outage " + outage);
            assertTrue(pause.compareTo(FAILOVER) <= 0, () -> "pause " + pause);
        }
    }

    @Test
    void aRequestThatIsSentAgainToTheNextLeaderGetsItsFirstAnswer() throws InterruptedException {
        client.maps().create(MapSpec.of("default", "m", MapType.HASH, 4, 4, 16));
        UpdateRequest request = UpdateRequest.newBuilder()
                .setRequestId(RequestId.newBuilder()
                        .setClientId(ByteString.copyFromUtf8("sixteen bytes id"))
                        .setCallId(7))
                .setMap(MapRef.newBuilder().setName("m"))
                .setElement(Element.newBuilder()
                        .setKey(ByteString.copyFrom(new byte[4]))
                        .setValue(dev.nestmap.proto.v1.Value.newBuilder()
                                .setData(ByteString.copyFrom(new byte[4]))))
                .setFlags(UpdateFlags.NOEXIST)
                .build();
        String leader = leader();
        long revision = send(members.address(leader), request);
        members.kill(leader);
        assertEquals(revision, send(members.address(leader()), request));
        assertEquals(1, client.map("m").describe().value().elements());
        assertEquals(revision, client.map("m").describe().value().modifiedRevision());
    }

    @Test
    void aMemberThatDoesNotLeadNamesTheLeaderToWhomeverAsksIt() {
        String follower = members.other(leader());
        Answer created = Processes.run(members.address(follower),
                "map create type hash key 4 value 4 entries 16 name m");
        assertEquals(0, created.exitCode(), created::toString);
        Processes.done(members.address(follower), "map update name m key 1 0 0 0 value 2 0 0 0");
        assertEquals("key: 01 00 00 00  value: 02 00 00 00\n",
                Processes.done(members.address(follower), "map lookup name m key 1 0 0 0"));
    }

    @Test
    void aMemberAloneRefusesWritesAndSaysSoUntilAnotherIsBack() {
        client.maps().create(MapSpec.of("default", "m", MapType.HASH, 4, 4, 16));
        String leader = leader();
        String survivor = members.other(leader);
        List<String> gone = List.of("a", "b", "c")
                .stream()
                .filter(id -> !id.equals(survivor))
                .toList();
        gone.forEach(members::kill);
        Answer refused = Processes.run(members.address(survivor),
                "--timeout 3s map update name m key 1 0 0 0 value 2 0 0 0");
        assertEquals(1, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("gave up after 3000 ms"), refused::toString);
        members.start(gone.getFirst());
        client.map("m").update(Bytes.u32le(3), new Value.Data(Bytes.u32le(4)));
        assertTrue(client.map("m").describe().value().elements() >= 1);
    }

    private static long send(String address, UpdateRequest request) throws InterruptedException {
        ManagedChannel channel = Grpc
                .newChannelBuilder(address, InsecureChannelCredentials.create())
                .build();
        try {
            return MapServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(SOON.toSeconds(), TimeUnit.SECONDS)
                    .update(request)
                    .getHeader()
                    .getRevision();
        } finally {
            channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
        }
    }

    private String leader() {
        Await.until(SOON, () -> members.leader().isPresent(), () -> "no member leads");
        return members.leader().orElseThrow();
    }

    /** From the kill to the answer to a write that was begun after it. */
    private Duration killAndWrite(String id) {
        members.kill(id);
        long killedNanos = System.nanoTime();
        client.map(Writers.NUMBERS)
                .update(Bytes.u32le(-1), new Value.Data(Bytes.u64le(killedNanos)));
        return Duration.ofNanos(System.nanoTime() - killedNanos);
    }

    private Duration restartAndCatchUp(String id) {
        long startedNanos = System.nanoTime();
        members.start(id);
        long behind = client.map(Writers.NUMBERS)
                .update(Bytes.u32le(-2), new Value.Data(Bytes.u64le(startedNanos)))
                .revision();
        try (NestmapClient itself = Processes.patientClient(members.address(id))) {
            Await.until(SOON, () -> holds(itself, behind, startedNanos),
                    () -> id + " did not catch up: " + members.status(id));
        }
        return Duration.ofNanos(System.nanoTime() - startedNanos);
    }

    private static boolean holds(NestmapClient member, long revision, long number) {
        try {
            return member.map(Writers.NUMBERS)
                    .reading(Consistency.atLeast(revision))
                    .lookup(Bytes.u32le(-2))
                    .value()
                    .equals(new Value.Data(Bytes.u64le(number)));
        } catch (NestmapException e) {
            return false;
        }
    }

    private static void awaitWrites(Ledger ledger) {
        long target = ledger.count() + SOME_WRITES;
        Await.until(SOON, () -> ledger.count() >= target,
                () -> "%d of %d writes".formatted(ledger.count(), target));
    }

    private void checkNothingIsLost(Ledger ledger, Writers writers) {
        Ledger.Page page = ledger.hold();
        assertEquals(List.of(), page.violations(StoreContents.read(client).cells()));
        assertEquals(List.of(), writers.failures());
        ledger.release();
    }
}
