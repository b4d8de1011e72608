package dev.nestmap.agent.kernel;

import static dev.nestmap.agent.kernel.KernelUnderTest.assertRefused;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Creation and single elements, the same on a real and on a simulated kernel. */
@ParameterizedClass
@EnumSource(Side.class)
final class KernelMapContractTest {
    private static final List<MapType> TYPES = List.of(MapType.ARRAY, MapType.HASH, MapType.DEVMAP,
            MapType.DEVMAP_HASH, MapType.ARRAY_OF_MAPS, MapType.HASH_OF_MAPS);
    /** The index of lo: a value that each of the four plain types takes. */
    private static final Bytes ONE = Bytes.u32le(1);

    private final KernelUnderTest tested;

    KernelMapContractTest(Side side) {
        tested = new KernelUnderTest(side);
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @Test
    void aNewMapReportsWhatItWasCreatedWith() throws KernelException {
        for (MapType type : TYPES) {
            KernelMap map = tested.create(type, 3);
            boolean devices = type == MapType.DEVMAP || type == MapType.DEVMAP_HASH;
            int flags = devices ? MapFlags.RDONLY_PROG : 0;
            assertEquals(KernelMapSpec.of(type, 4, 4, 3, flags), map.info().spec());
            assertEquals("m", map.info().name());
            assertEquals(4, map.valueWidth());
            assertFalse(map.frozen());
        }
    }

    @Test
    void noIdIsZeroOrGivenTwice() throws KernelException {
        KernelMap first = tested.create(MapType.ARRAY, 1);
        first.close();
        KernelMap second = tested.create(MapType.ARRAY, 1);
        assertNotEquals(0, first.info().id());
        assertNotEquals(first.info().id(), second.info().id());
    }

    @Test
    void anArrayHoldsZerosUntilItIsWritten() throws KernelException {
        KernelMap array = tested.create(MapType.ARRAY, 2);
        assertEquals(Optional.of(Bytes.zeros(4)), array.lookup(key(1)));
        array.update(key(1), Bytes.of(1, 2, 3, 4), UpdateFlags.ANY);
        assertEquals(Optional.of(Bytes.of(1, 2, 3, 4)), array.lookup(key(1)));
    }

    @Test
    void anArrayElementCannotBeDeleted() throws KernelException {
        KernelMap array = tested.create(MapType.ARRAY, 2);
        assertRefused(Errno.EINVAL, () -> array.delete(key(1)));
        assertRefused(Errno.EINVAL, () -> array.delete(key(2)));
    }

    @Test
    void aHashHoldsWhatItWasGiven() throws KernelException {
        KernelMap hash = tested.create(MapType.HASH, 5, 3, 10, 0);
        Bytes key = Bytes.of(1, 2, 3, 4, 5);
        assertEquals(Optional.empty(), hash.lookup(key));
        hash.update(key, Bytes.of(7, 8, 9), UpdateFlags.ANY);
        assertEquals(Optional.of(Bytes.of(7, 8, 9)), hash.lookup(key));
        assertTrue(hash.delete(key));
        assertFalse(hash.delete(key));
        assertEquals(Optional.empty(), hash.lookup(key));
    }

    @Test
    void aFullHashRefusesANewKeyAndReplacesAnOldOne() throws KernelException {
        for (MapType type : List.of(MapType.HASH, MapType.DEVMAP_HASH)) {
            KernelMap map = tested.create(type, 2);
            map.update(key(1), ONE, UpdateFlags.ANY);
            map.update(key(2), ONE, UpdateFlags.NOEXIST);
            assertRefused(Errno.E2BIG, () -> map.update(key(3), ONE, UpdateFlags.ANY));
            map.update(key(2), ONE, UpdateFlags.ANY);
        }
    }

    @Test
    void anIndexPastTheEndIsAbsentAndCannotBeWritten() throws KernelException {
        for (MapType type : List.of(MapType.ARRAY, MapType.DEVMAP)) {
            KernelMap map = tested.create(type, 2);
            for (int index : new int[]{2, -1}) {
                assertEquals(Optional.empty(), map.lookup(key(index)));
                assertRefused(Errno.E2BIG, () -> map.update(key(index), ONE, UpdateFlags.ANY));
                assertRefused(Errno.E2BIG, () -> map.update(key(index), ONE, UpdateFlags.NOEXIST));
                assertRefused(Errno.EINVAL, () -> map.update(key(index), ONE, 3));
                assertRefused(Errno.EINVAL, () -> map.delete(key(index)));
            }
        }
    }

    @Test
    void everyIndexOfAnArrayLikeTypeExistsFromTheStart() throws KernelException {
        for (MapType type : List.of(MapType.ARRAY, MapType.DEVMAP)) {
            KernelMap map = tested.create(type, 2);
            assertRefused(Errno.EEXIST, () -> map.update(key(0), ONE, UpdateFlags.NOEXIST));
            map.update(key(0), ONE, UpdateFlags.EXIST);
            assertRefused(Errno.EEXIST, () -> map.update(key(0), ONE, UpdateFlags.NOEXIST));
        }
    }

    @Test
    void aHashKeepsToNoexistAndExist() throws KernelException {
        KernelMap hash = tested.create(MapType.HASH, 2);
        assertRefused(Errno.ENOENT, () -> hash.update(key(0), ONE, UpdateFlags.EXIST));
        hash.update(key(0), ONE, UpdateFlags.NOEXIST);
        assertRefused(Errno.EEXIST, () -> hash.update(key(0), ONE, UpdateFlags.NOEXIST));
        hash.update(key(0), ONE, UpdateFlags.EXIST);
    }

    @Test
    void aDevmapHashKeepsToNoexistButNotToExist() throws KernelException {
        KernelMap map = tested.create(MapType.DEVMAP_HASH, 2);
        map.update(key(0), ONE, UpdateFlags.EXIST);
        assertRefused(Errno.EEXIST, () -> map.update(key(0), ONE, UpdateFlags.NOEXIST));
    }

    @Test
    void unknownUpdateFlagsAreRefused() throws KernelException {
        for (MapType type : TYPES.subList(0, 4)) {
            KernelMap map = tested.create(type, 2);
            for (long flags : new long[]{3, UpdateFlags.LOCK, 8, 1L << 32, -1}) {
                assertRefused(Errno.EINVAL, () -> map.update(key(0), ONE, flags));
            }
        }
    }

    @Test
    void aDevmapSlotTakesAnInterfaceAndIsClearedByZero() throws KernelException {
        KernelMap map = tested.create(MapType.DEVMAP, 4);
        assertEquals(Optional.empty(), map.lookup(key(1)));
        map.update(key(1), ONE, UpdateFlags.ANY);
        assertEquals(Optional.of(ONE), map.lookup(key(1)));
        assertRefused(Errno.EINVAL, () -> map.update(key(1), key(0x7ffffff0), UpdateFlags.ANY));
        map.update(key(1), Bytes.zeros(4), UpdateFlags.ANY);
        assertEquals(Optional.empty(), map.lookup(key(1)));
        assertTrue(map.delete(key(1)));
    }

    @Test
    void aDevmapHashRefusesInterfaceZero() throws KernelException {
        KernelMap map = tested.create(MapType.DEVMAP_HASH, 4);
        assertRefused(Errno.EINVAL, () -> map.update(key(1), Bytes.zeros(4), UpdateFlags.ANY));
        assertRefused(Errno.EINVAL, () -> map.update(key(1), key(0x7ffffff0), UpdateFlags.ANY));
        map.update(key(1), ONE, UpdateFlags.ANY);
        assertTrue(map.delete(key(1)));
        assertFalse(map.delete(key(1)));
    }

    @Test
    void aDeviceWithoutAProgramReadsBackWithProgramZero() throws KernelException {
        for (MapType type : List.of(MapType.DEVMAP, MapType.DEVMAP_HASH)) {
            KernelMap map = tested.create(type, 4, 8, 4, 0);
            map.update(key(1), ONE.concat(key(-1)), UpdateFlags.ANY);
            assertEquals(Optional.of(ONE.concat(key(0))), map.lookup(key(1)));
            assertRefused(Errno.EINVAL,
                    () -> map.update(key(1), ONE.concat(key(100_000)), UpdateFlags.ANY));
        }
    }

    @Test
    void nextKeyWalksEveryIndexOfAnArrayLikeType() throws KernelException {
        for (MapType type : List.of(MapType.ARRAY, MapType.DEVMAP, MapType.ARRAY_OF_MAPS)) {
            KernelMap map = tested.create(type, 3);
            assertEquals(Optional.of(key(0)), map.nextKey(null));
            assertEquals(Optional.of(key(1)), map.nextKey(key(0)));
            assertEquals(Optional.empty(), map.nextKey(key(2)));
            assertEquals(Optional.of(key(0)), map.nextKey(key(3)));
            assertEquals(Optional.of(key(0)), map.nextKey(key(-1)));
        }
    }

    @Test
    void nextKeyWalksTheKeysOfAHashAndStartsOverForOneThatIsNotThere() throws KernelException {
        for (MapType type : List.of(MapType.HASH, MapType.DEVMAP_HASH)) {
            KernelMap map = tested.create(type, 8);
            assertEquals(Optional.empty(), map.nextKey(null));
            assertEquals(Optional.empty(), map.nextKey(key(9)));
            List<Bytes> walked = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                map.update(key(i), ONE, UpdateFlags.ANY);
            }
            for (Optional<Bytes> at = map.nextKey(null); at.isPresent(); at = map
                    .nextKey(at.get())) {
                walked.add(at.get());
            }
            assertEquals(List.of(key(0), key(1), key(2), key(3), key(4)),
                    walked.stream().sorted().toList());
            assertEquals(map.nextKey(null), map.nextKey(key(9)));
        }
    }

    @Test
    void onlyAPlainHashLooksUpAndDeletes() throws KernelException {
        KernelMap hash = tested.create(MapType.HASH, 2);
        assertEquals(Optional.empty(), hash.lookupAndDelete(key(1)));
        hash.update(key(1), ONE, UpdateFlags.ANY);
        assertEquals(Optional.of(ONE), hash.lookupAndDelete(key(1)));
        assertEquals(Optional.empty(), hash.lookup(key(1)));
        for (MapType type : TYPES) {
            if (type != MapType.HASH) {
                KernelMap map = tested.create(type, 2);
                assertRefused(Errno.ENOTSUPP, () -> map.lookupAndDelete(key(0)));
            }
        }
    }

    @Test
    void keysAndValuesOfAnotherLengthAreRefused() throws KernelException {
        KernelMap hash = tested.create(MapType.HASH, 4, 4, 2, 0);
        assertRefused(Errno.EINVAL, () -> hash.lookup(Bytes.zeros(5)));
        assertRefused(Errno.EINVAL, () -> hash.delete(Bytes.zeros(3)));
        assertRefused(Errno.EINVAL, () -> hash.nextKey(Bytes.empty()));
        assertRefused(Errno.EINVAL, () -> hash.lookupAndDelete(Bytes.zeros(8)));
        assertRefused(Errno.EINVAL, () -> hash.update(Bytes.zeros(5), ONE, UpdateFlags.ANY));
        assertRefused(Errno.EINVAL, () -> hash.update(key(1), Bytes.zeros(3), UpdateFlags.ANY));
    }

    @Test
    void aFrozenMapIsReadButNotWritten() throws KernelException {
        for (MapType type : TYPES.subList(0, 4)) {
            KernelMap map = tested.create(type, 2);
            map.update(key(1), ONE, UpdateFlags.ANY);
            map.freeze();
            assertTrue(map.frozen());
            assertEquals(Optional.of(ONE), map.lookup(key(1)));
            assertTrue(map.nextKey(null).isPresent());
            assertRefused(Errno.EPERM, () -> map.update(key(1), ONE, 77));
            assertRefused(Errno.EPERM, () -> map.delete(key(1)));
            assertRefused(Errno.EPERM, map::freeze);
        }
        KernelMap hash = tested.create(MapType.HASH, 2);
        hash.freeze();
        assertRefused(Errno.EPERM, () -> hash.lookupAndDelete(key(1)));
    }

    @Test
    void aClosedMapRefusesToBeUsed() throws KernelException {
        KernelMap map = tested.create(MapType.HASH, 2);
        map.close();
        map.close();
        assertThrows(IllegalStateException.class, () -> map.lookup(key(1)));
        assertThrows(IllegalStateException.class, () -> map.updateBatch(List.of()));
        assertEquals("m", map.info().name());
    }

    @Test
    void aRefusalSaysWhatWasDoneWithWhatAndWhatCameBack() throws KernelException {
        KernelMap map = tested.create(MapType.ARRAY, 1);
        KernelException refusal = assertThrows(KernelException.class,
                () -> map.update(key(1), ONE, UpdateFlags.ANY));
        assertTrue(refusal.toString().contains("update \"m\" key 01 00 00 00: E2BIG (7): "),
                refusal.toString());
    }

    @Test
    void theKernelSaysWhatItCan() throws KernelException {
        KernelFeatures features = tested.kernel().features();
        assertTrue(features.mapTypes().containsAll(TYPES));
        assertTrue(features.possibleCpus() > 0);
        assertFalse(features.release().isEmpty());
        assertFalse(features.machine().isEmpty());
    }

    @Test
    void anInterfaceIsFoundByItsName() {
        assertEquals(1, tested.kernel().interfaceIndex("lo").orElseThrow());
        assertTrue(tested.kernel().interfaceIndex("no_such").isEmpty());
        assertTrue(tested.kernel().interfaceIndex("longer_than_any_name_may_be").isEmpty());
    }

    @ParameterizedTest
    @MethodSource("dev.nestmap.agent.kernel.SpecCase#all")
    void aSpecificationIsTakenOrRefusedAsTheTypeHasIt(SpecCase asked) throws KernelException {
        KernelMap template = asked.spec().type().isOuter() ? tested.create(MapType.ARRAY, 1) : null;
        Errno errno = asked.errno();
        if (errno == null) {
            tested.create(asked.spec(), template);
        } else {
            assertRefused(errno, () -> tested.create(asked.spec(), template));
        }
    }

    @Test
    void aNameIsAtMostFifteenBytesOfLettersDigitsDotsAndUnderscores() throws KernelException {
        KernelMapSpec spec = KernelMapSpec.of(MapType.ARRAY, 4, 4, 1, 0);
        for (String name : List.of("", "a.b_C9", "fifteen_bytes__")) {
            try (KernelMap map = tested.kernel().create(name, spec, null)) {
                assertEquals(name, map.info().name());
            }
        }
        for (String name : List.of("sixteen_bytes___", "a b", "a-b", "ä")) {
            assertRefused(Errno.EINVAL, () -> tested.kernel().create(name, spec, null));
        }
    }
}
