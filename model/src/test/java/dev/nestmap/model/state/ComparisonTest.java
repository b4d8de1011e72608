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
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Value;
import dev.nestmap.model.state.Command.Compare;
import dev.nestmap.model.state.Command.InnerSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a transaction finds where it compares elements: what is stored, however it was written. */
class ComparisonTest {
    private static final Bytes KEY = Bytes.u32le(0);
    private final Fleet fleet = new Fleet();

    private static Command.Txn txn(Compare compare) {
        return new Command.Txn(List.of(compare), List.of(), List.of());
    }

    private boolean holds(Compare compare) {
        return assertInstanceOf(Result.TxnDone.class, fleet.run(txn(compare))).succeeded();
    }

    private boolean present(Bytes key) {
        boolean present = holds(new Compare.ElementExists(name("m"), key, true));
        assertEquals(!present, holds(new Compare.ElementExists(name("m"), key, false)));
        return present;
    }

    private boolean equal(Bytes key, Value value) {
        return holds(new Compare.ElementEquals(name("m"), key, value));
    }

    private void put(Bytes key, Value value) {
        fleet.ok(new Command.Update(name("m"), key, value, 0));
    }

    private void create(MapType type, int keySize, int valueSize, int flags) {
        fleet.create(spec("m", type, keySize, valueSize, 8).withFlags(flags));
    }

    private static Bytes prefix(int length, int... address) {
        return Bytes.u32le(length).concat(Bytes.of(address));
    }

    private static Value perCpu(int... values) {
        return new Value.PerCpu(
                java.util.Arrays.stream(values).mapToObj(value -> Bytes.of(value)).toList());
    }

    @Test
    void aPrefixIsPresentOnlyWhereItIsItselfStored() {
        create(MapType.LPM_TRIE, 8, 1, MapFlags.NO_PREALLOC);
        put(prefix(0, 0, 0, 0, 0), data(7));
        assertTrue(present(prefix(0, 0, 0, 0, 0)));
        assertEquals(false, present(prefix(24, 10, 0, 0, 0)));
        assertEquals(false, equal(prefix(24, 10, 0, 0, 0), data(7)));
        put(prefix(24, 10, 0, 0, 9), data(1));
        assertTrue(present(prefix(24, 10, 0, 0, 0)));
        assertTrue(equal(prefix(24, 10, 0, 0, 5), data(1)));
        put(prefix(32, 1, 1, 1, 1), data(1));
        assertEquals(false, present(prefix(33, 1, 1, 1, 1)));
    }

    @Test
    void aBloomFilterIsAskedWhetherItHasAValue() {
        create(MapType.BLOOM_FILTER, 0, 1, 0);
        put(Bytes.empty(), data(7));
        assertTrue(equal(Bytes.empty(), data(7)));
        assertEquals(false, equal(Bytes.empty(), data(8)));
        String rule = fleet.refused(Errno.EINVAL,
                txn(new Compare.ElementExists(name("m"), Bytes.empty(), true)));
        assertTrue(rule.contains("a bloom_filter has no keys"), rule);
    }

    @Test
    void expressionsAreComparedInTheFormInWhichTheyAreStored() {
        create(MapType.PROG_ARRAY, 4, 4, 0);
        Value written = new Value.Expression(" prog( \"/p\" )");
        put(KEY, written);
        assertTrue(equal(KEY, written));
        assertTrue(equal(KEY, new Value.Expression("prog(\"/p\")")));
        assertEquals(false, equal(KEY, new Value.Expression("prog(\"/q\")")));
    }

    @Test
    void oneValueForAllCpusEqualsAListOfIt() {
        create(MapType.PERCPU_ARRAY, 4, 1, 0);
        put(KEY, perCpu(3, 3));
        assertTrue(equal(KEY, data(3)));
        assertTrue(equal(KEY, perCpu(3, 3)));
        assertEquals(false, equal(KEY, perCpu(3, 3, 3)));
        put(KEY, data(3));
        assertTrue(equal(KEY, perCpu(3, 3, 3)));
        put(KEY, perCpu(3, 4));
        assertEquals(false, equal(KEY, data(3)));
        assertTrue(equal(Bytes.u32le(1), perCpu(0, 0)));
    }

    @Test
    void bytesOfAProgramDoNotCountWhereTheyAreNotStored() {
        create(MapType.DEVMAP, 4, 8, 0);
        Value written = data(2, 0, 0, 0, 255, 255, 255, 255);
        put(KEY, written);
        assertTrue(equal(KEY, written));
        assertTrue(equal(KEY, data(2, 0, 0, 0, 0, 0, 0, 0)));
        assertEquals(false, equal(KEY, data(3, 0, 0, 0, 0, 0, 0, 0)));
        assertEquals(false, equal(Bytes.u32le(1), data(0, 0, 0, 0, 0, 0, 0, 0)));
    }

    @Test
    void elementsThatWereNeverWrittenAreThereInArraysAndNowhereElse() {
        create(MapType.ARRAY, 4, 1, 0);
        assertTrue(present(KEY));
        assertTrue(equal(KEY, data(0)));
        assertEquals(false, present(Bytes.u32le(8)));
        assertEquals(false, equal(Bytes.u32le(8), data(0)));
        fleet.ok(new Command.Delete(name("m")));
        create(MapType.HASH, 4, 1, 0);
        assertEquals(false, present(KEY));
        assertEquals(false, equal(KEY, data(0)));
    }

    @Test
    void aQueueIsAskedForTheElementThatIsNext() {
        create(MapType.QUEUE, 0, 1, 0);
        assertEquals(false, present(Bytes.empty()));
        put(Bytes.empty(), data(1));
        put(Bytes.empty(), data(2));
        assertTrue(present(Bytes.empty()));
        assertTrue(equal(Bytes.empty(), data(1)));
        assertEquals(false, equal(Bytes.empty(), data(2)));
    }

    @Test
    void aSlotIsComparedByTheMapThatIsMeant() {
        fleet.create(spec("a", MapType.HASH, 4, 4, 8));
        fleet.create(spec("b", MapType.HASH, 4, 4, 8));
        fleet.ok(new Command.Create(spec("m", MapType.ARRAY_OF_MAPS, 4, 4, 2),
                new InnerSource.CopiedFrom(name("a"))));
        put(KEY, slot("a"));
        assertTrue(equal(KEY, slot("a")));
        assertEquals(false, equal(KEY, slot("b")));
        assertEquals(false, equal(KEY, slot("absent")));
    }

    @Test
    void aValueThatNoElementCanHaveIsAMistakeOfTheCaller() {
        create(MapType.HASH, 4, 4, 0);
        String rule = fleet.refused(Errno.EINVAL,
                txn(new Compare.ElementEquals(name("m"), KEY, data(1))));
        assertTrue(rule.contains("value is 1 bytes, the map has value_size 4"), rule);
    }
}
