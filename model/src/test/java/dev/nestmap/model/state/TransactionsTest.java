package dev.nestmap.model.state;

import static dev.nestmap.model.state.Fleet.data;
import static dev.nestmap.model.state.Fleet.name;
import static dev.nestmap.model.state.Fleet.slot;
import static dev.nestmap.model.state.Fleet.spec;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.Element;
import dev.nestmap.model.map.MapRef;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import dev.nestmap.model.state.Command.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What may stand in a transaction, and what it may span. */
class TransactionsTest {
    private static final Bytes ONE = Bytes.u32le(1);
    private static final Bytes TWO = Bytes.u32le(2);

    private final Fleet fleet = new Fleet();

    @Test
    void manyUpdatesAndASlotSwapAreOneRevision() {
        int elements = 65_537;
        fleet.create(spec("template", MapType.HASH, 4, 4, 1 << 17));
        fleet.createOuter(spec("outer", MapType.ARRAY_OF_MAPS, 4, 4, 4), "template");
        long before = fleet.state.revision();
        List<Step> steps = new ArrayList<>();
        steps.add(new Command.Create(spec("inner", MapType.HASH, 4, 4, 1 << 17),
                new InnerSource.None()));
        for (int i = 0; i < elements; i++) {
            steps.add(new Command.Update(name("inner"), Bytes.u32le(i), data(1, 2, 3, 4), 0));
        }
        steps.add(new Command.Update(name("outer"), Bytes.u32le(0), slot("inner"), 0));
        Result.TxnDone done = assertInstanceOf(Result.TxnDone.class, fleet.run(txn(steps)));
        assertEquals(before + 1, fleet.state.revision());
        MapState inner = fleet.state.map(done.createdMapIds().getFirst());
        assertEquals(elements, inner == null ? -1 : inner.elements().size());
        assertEquals(1, inner == null ? -1 : inner.slotReferences());
    }

    @Test
    void batchesAreStepsWhoseFirstFailureRefusesAll() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 2));
        Step fits = new Command.UpdateBatch(name("m"),
                List.of(new Element(ONE, data(1, 0, 0, 0)), new Element(TWO, data(2, 0, 0, 0))), 0);
        Step full = new Command.UpdateBatch(name("m"),
                List.of(new Element(ONE, data(3, 0, 0, 0)),
                        new Element(Bytes.u32le(3), data(3, 0, 0, 0))),
                0);
        FleetState before = fleet.state;
        Result.TxnRefused refused = assertInstanceOf(Result.TxnRefused.class,
                fleet.run(txn(List.of(fits, full))));
        assertEquals(1, refused.position());
        assertEquals(Errno.E2BIG, refused.refusal().errno());
        assertTrue(refused.refusal().rule().startsWith("element 1 of the batch: "),
                refused.refusal().rule());
        assertEquals(before, fleet.state);

        fleet.ok(txn(List.of(fits)));
        fleet.ok(txn(List.of(new Command.DeleteBatch(name("m"), List.of(ONE, TWO), 0), full)));
        assertEquals(Optional.of(data(3, 0, 0, 0)), fleet.get("m", 3));
        assertEquals(Optional.empty(), fleet.get("m", 2));
    }

    @Test
    void valuesTakenAreAnsweredInOrder() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 2));
        fleet.put("m", 1, data(1, 0, 0, 0));
        fleet.put("m", 2, data(2, 0, 0, 0));
        assertEquals(
                new Result.TxnDone(true, List.of(),
                        List.of(data(2, 0, 0, 0), data(1, 0, 0, 0))),
                fleet.run(txn(List.of(new Command.LookupAndDelete(name("m"), TWO, 0),
                        new Command.LookupAndDelete(name("m"), ONE, 0)))));
        assertEquals(Optional.empty(), fleet.get("m", 1));
    }

    @Test
    void moreIsNotTakenThanAnAnswerMayHold() {
        int large = 1 << 20;
        fleet.create(spec("m", MapType.HASH, 4, large, 4));
        List<Step> takes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            fleet.put("m", i, new Value.Data(Bytes.zeros(large)));
            takes.add(new Command.LookupAndDelete(name("m"), Bytes.u32le(i), 0));
        }
        Result.TxnRefused refused = assertInstanceOf(Result.TxnRefused.class,
                fleet.run(txn(takes)));
        assertEquals(2, refused.position());
        assertEquals(Errno.E2BIG, refused.refusal().errno());
        assertTrue(fleet.get("m", 0).isPresent(), "nothing was taken");
        fleet.ok(txn(takes.subList(0, 2)));
    }

    @Test
    void aMapThatHasNotChangedSinceARevisionIsTold() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 2));
        fleet.create(spec("other", MapType.HASH, 4, 4, 2));
        long seen = fleet.state.revision();
        Command swap = new Command.Txn(List.of(new Compare.MapUnchangedSince(name("m"), seen)),
                List.of(new Command.Update(name("m"), ONE, data(1, 0, 0, 0), 0)), List.of());
        fleet.put("other", 1, data(1, 0, 0, 0));
        assertEquals(new Result.TxnDone(true, List.of()), fleet.run(swap));
        assertEquals(new Result.TxnDone(false, List.of()), fleet.run(swap));
        assertEquals(new Result.TxnDone(false, List.of()), fleet.run(new Command.Txn(
                List.of(new Compare.MapUnchangedSince(name("absent"), seen)), List.of(),
                List.of())));
    }

    @Test
    void twoNamespacesInOneTransactionAreRefusedByName() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 2));
        long id = fleet.create(MapSpec.of("tenant", "n", MapType.HASH, 4, 4, 2));
        Step here = new Command.Update(name("m"), ONE, data(1, 0, 0, 0), 0);
        for (MapRef there : List.of(new MapRef.ByName("tenant", "n"), new MapRef.ById(id),
                new MapRef.ByPin("/sys/fs/bpf/nestmap/tenant/n"))) {
            Step elsewhere = new Command.DeleteElem(there, ONE);
            String rule = fleet.refused(Errno.EINVAL, txn(List.of(here, elsewhere)));
            assertTrue(rule.contains("\"default\"") && rule.contains("\"tenant\""), rule);
            fleet.refused(Errno.EINVAL,
                    new Command.Txn(List.of(), List.of(here), List.of(elsewhere)));
            fleet.refused(Errno.EINVAL, new Command.Txn(
                    List.of(new Compare.MapExists(there, true)), List.of(here), List.of()));
        }
        fleet.refused(Errno.EINVAL, txn(List.of(here, new Command.Create(
                MapSpec.of("tenant", "o", MapType.HASH, 4, 4, 2), new InnerSource.None()))));
    }

    @Test
    void aTransactionThatIsSentAgainIsAppliedOnce() {
        fleet.create(spec("m", MapType.HASH, 4, 4, 2));
        RequestId id = new RequestId(Bytes.zeros(RequestId.CLIENT_ID_BYTES), 1);
        Command create = txn(List.of(new Command.Update(name("m"), ONE, data(1, 0, 0, 0), 1)));
        Transition first = Transition.apply(fleet.state, id, create);
        Transition again = Transition.apply(first.state(), id, create);
        assertEquals(first.result(), again.result());
        assertEquals(first.revision(), again.revision());
        assertEquals(first.state(), again.state());
    }

    private static Command txn(List<Step> steps) {
        return new Command.Txn(List.of(), steps, List.of());
    }
}
