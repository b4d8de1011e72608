package dev.nestmap.model.map;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerCpuTypesTest {
    private static final Bytes KEY = Bytes.u32le(1);
    private final Tried hash = new Tried(Tried.spec(MapType.PERCPU_HASH, 4, 2, 2, 0));
    private final Tried array = new Tried(Tried.spec(MapType.PERCPU_ARRAY, 4, 2, 2, 0));

    @Test
    void aValueIsForAllCpusOrForEach() {
        for (Tried tried : List.of(hash, array)) {
            tried.put(KEY, Tried.data(1, 2));
            assertEquals(Tried.data(1, 2), tried.lookup(KEY));
            Value each = Tried.perCpu(Bytes.of(1, 2), Bytes.of(3, 4), Bytes.of(5, 6));
            tried.put(KEY, each);
            assertEquals(each, tried.lookup(KEY));
            assertEquals(List.of(new Element(KEY, each)), tried.all());
        }
    }

    @Test
    void aListStaysAListAndOnlyZeroForAllIsWhatAnArrayBeginsWith() {
        assertEquals(Tried.data(0, 0), array.lookup(KEY));
        Value zeros = Tried.perCpu(Bytes.of(0, 0));
        array.put(KEY, zeros);
        assertEquals(zeros, array.lookup(KEY));
        array.put(KEY, Tried.data(0, 0));
        assertEquals(List.of(), array.all());
    }

    @Test
    void valuesOfAnotherSizeOrTooManyAreRefused() {
        hash.refused(Errno.EINVAL, KEY, Tried.data(1), 0);
        hash.refused(Errno.EINVAL, KEY, Tried.perCpu(), 0);
        hash.refused(Errno.EINVAL, KEY, Tried.perCpu(Bytes.of(1, 2), Bytes.of(1)), 0);
        hash.refused(Errno.E2BIG, KEY,
                new Value.PerCpu(Collections.nCopies((1 << 19) + 1, Bytes.of(1, 2))), 0);
        new Tried(Tried.spec(MapType.HASH, 4, 2, 2, 0)).refused(Errno.EINVAL, KEY,
                Tried.perCpu(Bytes.of(1, 2)), 0);
    }

    @Test
    void theyAreHashAndArrayOtherwise() {
        hash.put(KEY, Tried.data(1, 1));
        hash.refused(Errno.EEXIST, KEY, Tried.data(1, 1), UpdateFlags.NOEXIST);
        hash.put(Bytes.u32le(2), Tried.data(1, 1));
        hash.refused(Errno.E2BIG, Bytes.u32le(3), Tried.data(1, 1), 0);
        assertEquals(Tried.data(1, 1), hash.take(KEY));
        array.refused(Errno.E2BIG, Bytes.u32le(2), Tried.data(1, 1), 0);
        array.refused(Errno.EEXIST, KEY, Tried.data(1, 1), UpdateFlags.NOEXIST);
        assertEquals(Errno.EINVAL, array.delete(KEY));
        assertEquals(Errno.ENOTSUPP, array.take(KEY));
    }

    @Test
    void aFullLruIsRefusedBecauseTheStoreEvictsNothing() {
        for (MapType type : List.of(MapType.LRU_HASH, MapType.LRU_PERCPU_HASH)) {
            Tried lru = new Tried(Tried.spec(type, 4, 2, 1, 0));
            lru.put(KEY, Tried.data(1, 1));
            lru.refused(Errno.E2BIG, Bytes.u32le(2), Tried.data(1, 1), 0);
            lru.put(KEY, Tried.data(1, 2));
        }
    }
}
