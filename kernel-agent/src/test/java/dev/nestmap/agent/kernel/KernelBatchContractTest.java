package dev.nestmap.agent.kernel;

import static dev.nestmap.agent.kernel.KernelUnderTest.assertComplete;
import static dev.nestmap.agent.kernel.KernelUnderTest.assertStopped;
import static dev.nestmap.agent.kernel.KernelUnderTest.element;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches and reading a whole map, the same on a real and on a simulated kernel. */
@ParameterizedClass
@EnumSource(Side.class)
final class KernelBatchContractTest {
    private static final List<MapType> PLAIN_TYPES = List.of(MapType.ARRAY, MapType.HASH,
            MapType.DEVMAP, MapType.DEVMAP_HASH);

    private final KernelUnderTest tested;

    KernelBatchContractTest(Side side) {
        tested = new KernelUnderTest(side);
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @Test
    void whatABatchWroteIsReadBack() throws KernelException {
        for (MapType type : PLAIN_TYPES) {
            KernelMap map = tested.create(type, 3);
            List<KernelElement> elements = List.of(element(0, 1), element(1, 1), element(2, 1));
            assertComplete(3, map.updateBatch(elements));
            assertEquals(elements, sorted(map.readAll()));
        }
    }

    @Test
    void anArrayThatCanBeMappedIsWrittenAndReadThroughItsMemory() throws KernelException {
        for (int valueSize : new int[]{4, 8, 13}) {
            KernelMap map = tested.create(MapType.ARRAY, 4, valueSize, 3000, MapFlags.MMAPABLE);
            Bytes value = Bytes.u32le(7).concat(Bytes.zeros(valueSize - 4));
            try (ArrayMemory memory = map.mapForWriting()) {
                assertEquals((valueSize + 7) / 8 * 8, memory.strideBytes());
                for (int index : new int[]{2999, 1}) {
                    memory.bytes().put(index * memory.strideBytes(), value.toByteArray());
                }
            }
            assertEquals(Optional.of(value), map.lookup(key(2999)));
            assertEquals(Optional.of(value), map.lookup(key(1)));
            assertEquals(Optional.of(Bytes.zeros(valueSize)), map.lookup(key(2)));
            map.freeze();
            KernelUnderTest.assertRefused(Errno.EPERM, map::mapForWriting);
            try (ArrayMemory memory = map.mapForReading()) {
                assertEquals(7, memory.bytes().get(2999 * memory.strideBytes()));
                assertEquals(0, memory.bytes().get(2 * memory.strideBytes()));
            }
        }
    }

    @Test
    void otherMapsAreNotMapped() throws KernelException {
        KernelMap plain = tested.create(MapType.ARRAY, 4);
        KernelUnderTest.assertRefused(Errno.EINVAL, plain::mapForWriting);
        KernelUnderTest.assertRefused(Errno.EINVAL, plain::mapForReading);
        KernelMap readOnly = tested.create(MapType.ARRAY, 4, 4, 4,
                MapFlags.MMAPABLE | MapFlags.RDONLY_PROG);
        KernelUnderTest.assertRefused(Errno.EACCES, readOnly::mapForWriting);
        readOnly.mapForReading().close();
        KernelMap hash = tested.create(MapType.HASH, 4);
        KernelUnderTest.assertRefused(Errno.ENOTSUPP, hash::mapForWriting);
        KernelUnderTest.assertRefused(Errno.ENOTSUPP, hash::mapForReading);
    }

    @Test
    void packedElementsAreWrittenAndReadAsOthersAre() throws KernelException {
        ByteBuffer keys = ByteBuffer.allocate(40_000 * 4).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer values = ByteBuffer.allocate(40_000 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 40_000; i++) {
            keys.putInt(i * 4, i);
            values.putInt(i * 4, 3 * i);
        }
        PackedElements elements = new PackedElements(40_000, 4, keys, 4, values);
        for (MapType type : List.of(MapType.ARRAY, MapType.HASH)) {
            KernelMap map = tested.create(type, 40_000);
            assertComplete(39_000, map.updateBatch(elements.subList(1_000, 40_000)));
            assertEquals(type == MapType.ARRAY ? Optional.of(key(0)) : Optional.empty(),
                    map.lookup(key(999)));
            assertEquals(Optional.of(key(3_000)), map.lookup(key(1_000)));
            assertComplete(40_000, map.updateBatch(elements));
            List<KernelElement> read = new ArrayList<>();
            map.readPages(page -> read.addAll(page));
            assertEquals(elements.stream()
                    .sorted(Comparator.comparing(KernelElement::key))
                    .toList(), sorted(read));
            int[] pages = {0};
            map.readPages(_ -> ++pages[0] < 2);
            assertEquals(2, pages[0], "no page is read that nobody wants");
        }
        KernelMap wider = tested.create(MapType.HASH, 4, 8, 10, 0);
        assertStopped(0, Errno.EINVAL, wider.updateBatch(elements.subList(0, 5)));
    }

    @Test
    void anUpdateBatchStopsAtTheFirstElementThatIsRefused() throws KernelException {
        for (MapType type : List.of(MapType.ARRAY, MapType.DEVMAP)) {
            KernelMap map = tested.create(type, 4);
            assertStopped(2, Errno.E2BIG, map.updateBatch(
                    List.of(element(0, 1), element(1, 1), element(4, 1), element(2, 1))));
            assertEquals(Optional.of(key(1)), map.lookup(key(1)));
            assertEquals(type == MapType.ARRAY ? Optional.of(key(0)) : Optional.empty(),
                    map.lookup(key(2)));
        }
    }

    @Test
    void anUpdateBatchFillsAHashAndThenStops() throws KernelException {
        for (MapType type : List.of(MapType.HASH, MapType.DEVMAP_HASH)) {
            KernelMap map = tested.create(type, 2);
            assertStopped(2, Errno.E2BIG,
                    map.updateBatch(List.of(element(7, 1), element(8, 1), element(9, 1))));
            assertEquals(List.of(element(7, 1), element(8, 1)), sorted(map.readAll()));
        }
    }

    @Test
    void theLaterOfTwoElementsWithOneKeyWins() throws KernelException {
        KernelMap map = tested.create(MapType.HASH, 2);
        assertComplete(2, map.updateBatch(List.of(element(1, 1), element(1, 2))));
        assertEquals(List.of(element(1, 2)), map.readAll());
    }

    @Test
    void anElementOfAWrongLengthStopsABatchWhereItStands() throws KernelException {
        KernelMap map = tested.create(MapType.HASH, 4);
        KernelElement longKey = new KernelElement(Bytes.zeros(5), Bytes.zeros(4));
        KernelElement shortValue = new KernelElement(key(3), Bytes.zeros(3));
        assertStopped(1, Errno.EINVAL, map.updateBatch(List.of(element(1, 1), longKey)));
        assertStopped(1, Errno.EINVAL, map.updateBatch(List.of(element(2, 1), shortValue)));
        assertStopped(1, Errno.EINVAL, map.deleteBatch(List.of(key(1), Bytes.zeros(2))));
        assertEquals(List.of(element(2, 1)), map.readAll());
    }

    @Test
    void aDeleteBatchStopsAtAMissingKey() throws KernelException {
        for (MapType type : List.of(MapType.HASH, MapType.DEVMAP_HASH)) {
            KernelMap map = tested.create(type, 4);
            assertComplete(3,
                    map.updateBatch(List.of(element(1, 1), element(2, 1), element(3, 1))));
            assertStopped(1, Errno.ENOENT, map.deleteBatch(List.of(key(1), key(9), key(2))));
            assertComplete(2, map.deleteBatch(List.of(key(2), key(3))));
            assertEquals(List.of(), map.readAll());
        }
    }

    @Test
    void aDeleteBatchClearsDevmapSlotsEmptyOrNot() throws KernelException {
        KernelMap map = tested.create(MapType.DEVMAP, 4);
        map.update(key(1), key(1), UpdateFlags.ANY);
        assertStopped(2, Errno.EINVAL, map.deleteBatch(List.of(key(0), key(1), key(4))));
        assertEquals(List.of(), map.readAll());
    }

    @Test
    void anArrayRefusesADeleteBatch() throws KernelException {
        KernelMap map = tested.create(MapType.ARRAY, 4);
        assertStopped(0, Errno.EINVAL, map.deleteBatch(List.of(key(0))));
    }

    @Test
    void anEmptyBatchIsComplete() throws KernelException {
        for (MapType type : List.of(MapType.ARRAY, MapType.DEVMAP, MapType.ARRAY_OF_MAPS)) {
            KernelMap map = tested.create(type, 4);
            map.freeze();
            assertComplete(0, map.updateBatch(List.of()));
            assertComplete(0, map.updateSlots(List.of()));
            assertComplete(0, map.deleteBatch(List.of()));
        }
    }

    @Test
    void aFrozenMapRefusesBatchesFromTheFirstElementOn() throws KernelException {
        for (MapType type : PLAIN_TYPES) {
            KernelMap map = tested.create(type, 4);
            map.freeze();
            assertStopped(0, Errno.EPERM, map.updateBatch(List.of(element(0, 1), element(1, 1))));
            assertStopped(0, Errno.EPERM, map.deleteBatch(List.of(key(0), key(1))));
        }
    }

    @Test
    void aMapOfManyElementsIsReadWhole() throws KernelException {
        List<KernelElement> elements = IntStream.range(0, 40_000)
                .mapToObj(i -> element(i, i))
                .sorted(Comparator.comparing(KernelElement::key))
                .toList();
        for (MapType type : List.of(MapType.ARRAY, MapType.HASH)) {
            KernelMap map = tested.create(type, 40_000);
            assertComplete(40_000, map.updateBatch(elements));
            assertEquals(elements, sorted(map.readAll()));
        }
    }

    @Test
    void aBucketThatIsLargerThanAPageIsReadWhole() throws KernelException {
        // One such element fills a page, and of 64 in 64 buckets some share one.
        int valueSize = 600_000;
        KernelMap map = tested.create(MapType.HASH, 4, valueSize, 64,
                MapFlags.NO_PREALLOC | MapFlags.ZERO_SEED);
        for (int i = 0; i < 64; i++) {
            Bytes value = key(i).concat(Bytes.zeros(valueSize - 4));
            assertComplete(1, map.updateBatch(List.of(new KernelElement(key(i), value))));
        }
        List<KernelElement> all = sorted(map.readAll());
        assertEquals(64, all.size());
        for (int i = 0; i < 64; i++) {
            assertEquals(key(i), all.get(i).key());
            assertEquals(key(i), all.get(i).value().slice(0, 4));
        }
    }

    @Test
    void emptySlotsAreLeftOutOfWhatIsRead() throws KernelException {
        KernelMap map = tested.create(MapType.DEVMAP, 1000);
        assertEquals(List.of(), map.readAll());
        map.update(key(999), key(1), UpdateFlags.ANY);
        assertEquals(List.of(element(999, 1)), map.readAll());
    }

    private static List<KernelElement> sorted(List<KernelElement> elements) {
        return elements.stream().sorted(Comparator.comparing(KernelElement::key)).toList();
    }
}
