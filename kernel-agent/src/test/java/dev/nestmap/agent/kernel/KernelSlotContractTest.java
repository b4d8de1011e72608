package dev.nestmap.agent.kernel;

import static dev.nestmap.agent.kernel.KernelUnderTest.assertComplete;
import static dev.nestmap.agent.kernel.KernelUnderTest.assertRefused;
import static dev.nestmap.agent.kernel.KernelUnderTest.assertStopped;
import static dev.nestmap.agent.kernel.KernelUnderTest.element;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Maps of maps, the same on a real and on a simulated kernel. */
@ParameterizedClass
@EnumSource(Side.class)
final class KernelSlotContractTest {
    private static final List<MapType> OUTER_TYPES = List.of(MapType.ARRAY_OF_MAPS,
            MapType.HASH_OF_MAPS);

    private final KernelUnderTest tested;

    KernelSlotContractTest(Side side) {
        tested = new KernelUnderTest(side);
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @Test
    void aSlotReadsAsTheIdOfItsInnerMap() throws KernelException {
        for (MapType type : OUTER_TYPES) {
            KernelMap outer = tested.create(type, 4);
            KernelMap inner = tested.create(MapType.ARRAY, 1);
            assertEquals(Optional.empty(), outer.lookup(key(1)));
            outer.updateSlot(key(1), inner, UpdateFlags.ANY);
            assertEquals(Optional.of(id(inner)), outer.lookup(key(1)));
            inner.close();
            assertEquals(Optional.of(id(inner)), outer.lookup(key(1)));
            assertTrue(outer.delete(key(1)));
            assertFalse(outer.delete(key(1)));
            assertEquals(Optional.empty(), outer.lookup(key(1)));
        }
    }

    @Test
    void manySlotsAreEmptiedAtOnceWhetherTheyHoldSomethingOrNot() throws KernelException {
        for (MapType type : OUTER_TYPES) {
            KernelMap outer = tested.create(type, 300);
            KernelMap inner = tested.create(MapType.ARRAY, 1);
            List<Slot> slots = IntStream.range(0, 300)
                    .filter(key -> key % 7 != 0)
                    .mapToObj(key -> new Slot(key(key), inner))
                    .toList();
            assertComplete(slots.size(), outer.updateSlots(slots));
            outer.deleteSlots(List.of());
            outer.deleteSlots(List.of(key(1)));
            assertEquals(slots.size() - 1, outer.readAll().size());
            outer.deleteSlots(IntStream.range(0, 299).mapToObj(KernelUnderTest::key).toList());
            assertEquals(List.of(new KernelElement(key(299), id(inner))), outer.readAll());
        }
        KernelMap outer = tested.create(MapType.ARRAY_OF_MAPS, 3);
        assertRefused(Errno.E2BIG, () -> outer.deleteSlots(List.of(key(1), key(3), key(2))));
        outer.freeze();
        assertRefused(Errno.EPERM, () -> outer.deleteSlots(List.of(key(0), key(1))));
    }

    @Test
    void anOuterMapNeedsATemplateAndOthersDoNotLookAtOne() throws KernelException {
        KernelMap array = tested.create(MapType.ARRAY, 1);
        for (MapType type : OUTER_TYPES) {
            KernelMapSpec spec = KernelMapSpec.of(type, 4, 4, 1, 0);
            KernelMap outer = tested.create(type, 1);
            assertRefused(Errno.EBADF, () -> tested.create(spec, null));
            assertRefused(Errno.EINVAL, () -> tested.create(spec, outer));
        }
        KernelMap hash = tested.create(KernelMapSpec.of(MapType.HASH, 4, 4, 1, 0), array);
        assertEquals(MapType.HASH, hash.info().spec().type());
    }

    @Test
    void anOuterSlotRefusesAMapThatDoesNotMatchTheTemplate() throws KernelException {
        for (MapType type : OUTER_TYPES) {
            KernelMap outer = outer(type, KernelMapSpec.of(MapType.ARRAY, 4, 8, 2, 0));
            for (KernelMap wrong : List.of(tested.create(MapType.HASH, 4, 8, 2, 0),
                    tested.create(MapType.ARRAY, 4, 4, 2, 0),
                    tested.create(MapType.ARRAY, 4, 8, 3, 0),
                    tested.create(MapType.ARRAY, 4, 8, 2, MapFlags.MMAPABLE), outer)) {
                assertRefused(Errno.EINVAL,
                        () -> outer.updateSlot(key(0), wrong, UpdateFlags.ANY));
            }
            assertEquals(Optional.empty(), outer.lookup(key(0)));
        }
    }

    @Test
    void maxEntriesMayDifferForAHashAndForAnArrayThatIsMarkedAsInner() throws KernelException {
        KernelMap hashes = outer(MapType.ARRAY_OF_MAPS,
                KernelMapSpec.of(MapType.HASH, 4, 4, 2, 0));
        hashes.updateSlot(key(0), tested.create(MapType.HASH, 3), UpdateFlags.ANY);
        KernelMap devmaps = outer(MapType.ARRAY_OF_MAPS,
                KernelMapSpec.of(MapType.DEVMAP, 4, 4, 2, 0));
        devmaps.updateSlot(key(0), tested.create(MapType.DEVMAP, 3), UpdateFlags.ANY);
        KernelMap arrays = outer(MapType.HASH_OF_MAPS,
                KernelMapSpec.of(MapType.ARRAY, 4, 4, 2, MapFlags.INNER_MAP));
        arrays.updateSlot(key(0), tested.create(MapType.ARRAY, 4, 4, 3, MapFlags.INNER_MAP),
                UpdateFlags.ANY);
    }

    @Test
    void anArrayOfMapsTakesNoFlagAndLooksAtItBeforeIndexAndMap() throws KernelException {
        KernelMap outer = tested.create(MapType.ARRAY_OF_MAPS, 2);
        KernelMap inner = tested.create(MapType.ARRAY, 1);
        KernelMap wrong = tested.create(MapType.ARRAY, 2);
        for (long flags : new long[]{UpdateFlags.NOEXIST, UpdateFlags.EXIST, 3}) {
            assertRefused(Errno.EINVAL, () -> outer.updateSlot(key(0), inner, flags));
            assertRefused(Errno.EINVAL, () -> outer.updateSlot(key(2), inner, flags));
        }
        assertRefused(Errno.E2BIG, () -> outer.updateSlot(key(2), inner, UpdateFlags.ANY));
        assertRefused(Errno.E2BIG, () -> outer.updateSlot(key(2), wrong, UpdateFlags.ANY));
        assertRefused(Errno.E2BIG, () -> outer.delete(key(2)));
        assertEquals(Optional.empty(), outer.lookup(key(2)));
    }

    @Test
    void aHashOfMapsKeepsToFlagsAndRoomButLooksAtTheMapFirst() throws KernelException {
        KernelMap outer = tested.create(MapType.HASH_OF_MAPS, 1);
        KernelMap inner = tested.create(MapType.ARRAY, 1);
        KernelMap wrong = tested.create(MapType.ARRAY, 2);
        assertRefused(Errno.EINVAL, () -> outer.updateSlot(key(0), wrong, UpdateFlags.EXIST));
        assertRefused(Errno.ENOENT, () -> outer.updateSlot(key(0), inner, UpdateFlags.EXIST));
        outer.updateSlot(key(0), inner, UpdateFlags.NOEXIST);
        assertRefused(Errno.EEXIST, () -> outer.updateSlot(key(0), inner, UpdateFlags.NOEXIST));
        assertRefused(Errno.EINVAL, () -> outer.updateSlot(key(0), inner, 3));
        assertRefused(Errno.E2BIG, () -> outer.updateSlot(key(1), inner, UpdateFlags.ANY));
        assertRefused(Errno.EINVAL, () -> outer.updateSlot(key(1), wrong, UpdateFlags.ANY));
        outer.updateSlot(key(0), inner, UpdateFlags.EXIST);
    }

    @Test
    void manySlotsChangeInOneBatch() throws KernelException {
        for (MapType type : OUTER_TYPES) {
            KernelMap outer = tested.create(type, 4);
            KernelMap first = tested.create(MapType.ARRAY, 1);
            KernelMap second = tested.create(MapType.ARRAY, 1);
            assertComplete(3, outer.updateSlots(List.of(new Slot(key(0), first),
                    new Slot(key(2), first), new Slot(key(3), second))));
            assertEquals(
                    List.of(new KernelElement(key(0), id(first)),
                            new KernelElement(key(2), id(first)),
                            new KernelElement(key(3), id(second))),
                    outer.readAll()
                            .stream()
                            .sorted((a, b) -> a.key().compareTo(b.key()))
                            .toList());
        }
    }

    @Test
    void aBatchOfSlotsStopsAtTheFirstThatIsRefused() throws KernelException {
        for (MapType type : OUTER_TYPES) {
            KernelMap outer = tested.create(type, 4);
            KernelMap inner = tested.create(MapType.ARRAY, 1);
            KernelMap wrong = tested.create(MapType.ARRAY, 2);
            assertStopped(1, Errno.EINVAL, outer.updateSlots(List.of(new Slot(key(0), inner),
                    new Slot(key(1), wrong), new Slot(key(2), inner))));
            assertEquals(List.of(new KernelElement(key(0), id(inner))), outer.readAll());
        }
    }

    @Test
    void slotsAreClearedInABatch() throws KernelException {
        for (MapType type : OUTER_TYPES) {
            KernelMap outer = tested.create(type, 4);
            KernelMap inner = tested.create(MapType.ARRAY, 1);
            assertComplete(2, outer.updateSlots(
                    List.of(new Slot(key(0), inner), new Slot(key(1), inner))));
            assertStopped(1, Errno.ENOENT, outer.deleteBatch(List.of(key(0), key(3), key(1))));
            assertComplete(1, outer.deleteBatch(List.of(key(1))));
            assertEquals(List.of(), outer.readAll());
        }
    }

    @Test
    void aFrozenOuterMapKeepsItsSlotsWhileTheInnerMapIsWritten() throws KernelException {
        for (MapType type : OUTER_TYPES) {
            KernelMap outer = tested.create(type, 4);
            KernelMap inner = tested.create(MapType.ARRAY, 1);
            outer.updateSlot(key(0), inner, UpdateFlags.ANY);
            outer.freeze();
            assertRefused(Errno.EPERM, () -> outer.updateSlot(key(1), inner, UpdateFlags.ANY));
            assertRefused(Errno.EPERM, () -> outer.delete(key(0)));
            assertStopped(0, Errno.EPERM, outer.updateSlots(List.of(new Slot(key(1), inner))));
            assertStopped(0, Errno.EPERM, outer.deleteBatch(List.of(key(0))));
            inner.update(key(0), key(5), UpdateFlags.ANY);
            assertEquals(List.of(element(0, 5)), inner.readAll());
        }
    }

    @Test
    void aFrozenMapMayBeTemplateAndInnerMap() throws KernelException {
        KernelMap template = tested.create(MapType.ARRAY, 1);
        template.freeze();
        KernelMap outer = tested.create(KernelMapSpec.of(MapType.ARRAY_OF_MAPS, 4, 4, 1, 0),
                template);
        outer.updateSlot(key(0), template, UpdateFlags.ANY);
        outer.updateSlot(key(0), tested.create(MapType.ARRAY, 1), UpdateFlags.ANY);
    }

    @Test
    void theTemplateMayBeClosedAtOnce() throws KernelException {
        KernelMap template = tested.create(MapType.ARRAY, 1);
        KernelMap outer = tested.create(KernelMapSpec.of(MapType.ARRAY_OF_MAPS, 4, 4, 1, 0),
                template);
        template.close();
        outer.updateSlot(key(0), tested.create(MapType.ARRAY, 1), UpdateFlags.ANY);
        assertThrows(IllegalStateException.class,
                () -> outer.updateSlot(key(0), template, UpdateFlags.ANY));
        assertThrows(IllegalStateException.class,
                () -> outer.updateSlots(List.of(new Slot(key(0), template))));
    }

    @Test
    void slotsTakeMapsAndOthersTakeBytes() throws KernelException {
        KernelMap outer = tested.create(MapType.HASH_OF_MAPS, 1);
        KernelMap hash = tested.create(MapType.HASH, 1);
        assertRefused(Errno.EINVAL, () -> outer.update(key(0), key(1), UpdateFlags.ANY));
        assertStopped(0, Errno.EINVAL, outer.updateBatch(List.of(element(0, 1))));
        assertRefused(Errno.EINVAL, () -> hash.updateSlot(key(0), outer, UpdateFlags.ANY));
        assertStopped(0, Errno.EINVAL, hash.updateSlots(List.of(new Slot(key(0), outer))));
    }

    @Test
    void aMapOfAnotherKernelIsAMistakeOfTheCaller() throws KernelException {
        KernelMap outer = tested.create(MapType.ARRAY_OF_MAPS, 1);
        try (SimulatedKernel other = new SimulatedKernel();
                KernelMap foreign = other.create("x",
                        KernelMapSpec.of(MapType.ARRAY, 4, 4, 1, 0), null)) {
            assertThrows(IllegalArgumentException.class,
                    () -> outer.updateSlot(key(0), foreign, UpdateFlags.ANY));
        }
    }

    private KernelMap outer(MapType type, KernelMapSpec templateSpec) throws KernelException {
        return tested.create(KernelMapSpec.of(type, 4, 4, 4, 0), tested.create(templateSpec, null));
    }

    private static Bytes id(KernelMap map) {
        return Bytes.u32le(map.info().id());
    }
}
