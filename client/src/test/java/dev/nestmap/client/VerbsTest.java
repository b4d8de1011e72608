package dev.nestmap.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.client.FakeMember.Reaction;
import dev.nestmap.client.wire.ErrorCodec;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.Refusal;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command;
import dev.nestmap.proto.v1.Failure;
import dev.nestmap.proto.v1.ListResponse;
import dev.nestmap.proto.v1.MapInfo;
import dev.nestmap.proto.v1.ReadOptions;
import dev.nestmap.proto.v1.TxnRequest;
import dev.nestmap.proto.v1.TxnResponse;
import dev.nestmap.proto.v1.WaitAppliedResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class VerbsTest {
    private static final MapSpec SPEC = MapSpec.of("default", "m", MapType.HASH, 1, 1, 9);

    private final FakeMember member = new FakeMember();
    private final NestmapClient client = NestmapClient.connect(member.target());

    @AfterEach
    void close() {
        client.close();
        member.close();
    }

    @Test
    void listGoesThroughAllPagesAndHasTheRevisionOfTheFirst() {
        member.lists.set(
                Reaction.answer(ListResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .addMaps(info(1))
                        .setNextPageAfter(1)
                        .build()),
                Reaction.answer(ListResponse.newBuilder()
                        .setHeader(FakeMember.header(6))
                        .addMaps(info(2))
                        .build()));
        Answer<List<MapDescription>> answer = client.maps().list();
        assertEquals(List.of(1L, 2L),
                answer.value().stream().map(MapDescription::id).toList());
        assertEquals(SPEC, answer.value().getFirst().spec());
        assertEquals(5, answer.revision());
    }

    @Test
    void absenceIsAnAnswerOfFindAndAMissingMapIsNot() {
        Refusal absent = new Refusal(Errno.ENOENT, "there is none");
        member.lookups.set(
                Reaction.error(ErrorCodec.error(absent, FakeMember.header(9)
                        .toBuilder()
                        .setMapId(3)
                        .setMapRevision(4)
                        .build())),
                Reaction.error(ErrorCodec.error(absent, FakeMember.header(9))));
        Answer<Found> answer = client.map("m").find(Bytes.of(1));
        assertEquals(new Found(null, 3, 4), answer.value());
        assertEquals(9, answer.revision());
        NestmapException e = assertThrows(NestmapException.class,
                () -> client.map("m").find(Bytes.of(1)));
        assertTrue(e.is(Errno.ENOENT));
    }

    @Test
    void everyAcknowledgedWriteIsToldBeforeItsCallerHearsOfIt() {
        List<String> told = new ArrayList<>();
        try (var _ = client.onWrite((maps, revision) -> told.add(maps + " at " + revision))) {
            client.map("m").update(Bytes.of(1), new Value.Data(Bytes.of(1)));
            assertEquals(List.of("[\"default/m\"] at 7"), told);
        }
        client.map("m").update(Bytes.of(1), new Value.Data(Bytes.of(1)));
        assertEquals(1, told.size());
    }

    @Test
    void aReadSaysHowFreshItMustBe() throws InterruptedException {
        MapHandle map = client.map("m");
        for (Consistency consistency : List.of(Consistency.linearizable(), Consistency.local(),
                Consistency.atLeast(4))) {
            assertEquals(new Value.Expression("x"),
                    map.reading(consistency).lookup(Bytes.of(1)).value());
        }
        assertEquals(ReadOptions.getDefaultInstance(), member.lookups.take().getRead());
        assertEquals(ReadOptions.newBuilder().setLocal(true).build(),
                member.lookups.take().getRead());
        assertEquals(ReadOptions.newBuilder().setLocal(true).setAtLeastRevision(4).build(),
                member.lookups.take().getRead());
    }

    @Test
    void aLargeTransactionIsSentInPartsAndAgainInPartsWithTheSameIdentity() throws Exception {
        member.txns.set(Reaction.error(io.grpc.Status.UNAVAILABLE.asRuntimeException()),
                Reaction.answer(TxnResponse.newBuilder()
                        .setHeader(FakeMember.header(5))
                        .setSucceeded(true)
                        .build()));
        List<Command.Step> steps = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            steps.add(new Command.Update(new MapRef.ByName("default", "m"), Bytes.of(i),
                    new Value.Data(Bytes.zeros(100 << 10)), 0));
        }
        client.txn(List.of(new Command.Compare.MapExists(new MapRef.ByName("default", "m"), true)),
                steps, steps.subList(0, 2)).value().orThrow();
        TxnRequest first = member.txns.take();
        assertEquals(50, first.getThenCount());
        assertEquals(2, first.getOtherwiseCount());
        assertEquals(1, first.getCompareCount());
        for (int i = 0; i < 50; i++) {
            assertEquals(i, first.getThen(i).getUpdate().getElement().getKey().byteAt(0));
        }
        assertEquals(first, member.txns.take());
        assertTrue(member.txnParts.get() >= 10, member.txnParts + " parts");
    }

    @Test
    void aRefusedTransactionIsAValueThatCanBeThrown() {
        member.txns.set(Reaction.answer(TxnResponse.newBuilder()
                .setHeader(FakeMember.header(5))
                .setSucceeded(true)
                .setFailedOperation(1)
                .setFailure(Failure.newBuilder()
                        .setErrno(Errno.E2BIG.number())
                        .setMessage("the map is full"))
                .build()));
        Command.Step step = new Command.DeleteElem(SPEC.ref(), Bytes.of(1));
        TxnOutcome outcome = client.txn(List.of(), List.of(step, step), List.of()).value();
        NestmapException e = assertThrows(NestmapException.class, outcome::orThrow);
        assertTrue(e.is(Errno.E2BIG));
        assertEquals("txn: operation 1: the map is full (E2BIG)", e.getMessage());
    }

    @Test
    void aWaitTellsTheServerHowLong() throws InterruptedException {
        member.waits.set(Reaction.answer(WaitAppliedResponse.newBuilder()
                .setHeader(FakeMember.header(5))
                .setRevision(3)
                .addApplied("a")
                .addMissing(WaitAppliedResponse.Laggard.newBuilder()
                        .setNode("b")
                        .setAppliedRevision(2)
                        .setReason("not connected"))
                .build()));
        AppliedNodes nodes = client.nodes()
                .waitApplied(SPEC.ref(), 3, Duration.ofSeconds(40))
                .value();
        assertEquals(new AppliedNodes(3, List.of("a"),
                List.of(new AppliedNodes.Laggard("b", 2, "not connected"))), nodes);
        long millis = member.waits.take().getTimeoutMillis();
        assertTrue(millis > 30_000 && millis <= 40_000, () -> "timeout_millis " + millis);
    }

    private static MapInfo info(long id) {
        return MapInfo.newBuilder().setId(id).setSpec(SpecCodec.spec(SPEC)).build();
    }
}
