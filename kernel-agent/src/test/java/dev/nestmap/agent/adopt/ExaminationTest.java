package dev.nestmap.agent.adopt;

import static dev.nestmap.agent.kernel.KernelUnderTest.assertRefused;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.Kernel;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.simulated.Faults;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.client.wire.SpecCodec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import dev.nestmap.model.placement.Placement;
import dev.nestmap.proto.v1.PinReplacement;
import dev.nestmap.proto.v1.PinnedMap;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Looking at pins of others and exchanging them, with somebody else at work in the same folder. */
@ParameterizedClass
@EnumSource(Side.class)
final class ExaminationTest {
    private final KernelUnderTest tested;
    private final Kernel kernel;
    private final Path folder;
    private final Path pinRoot;
    private final Path pin;

    ExaminationTest(Side side) throws KernelException {
        tested = new KernelUnderTest(side);
        kernel = tested.kernel();
        folder = tested.root().resolve("loader");
        pinRoot = tested.root().resolve("nestmap");
        pin = folder.resolve("routes");
        kernel.makeDirectories(folder);
        kernel.makeDirectories(pinRoot);
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @Test
    void anOuterMapIsShownWithTheMapsInItsSlotsThatArePinnedBelow() throws KernelException {
        KernelMap inner = tested.create(MapType.HASH, 8);
        KernelMap outer = tested.create(MapType.ARRAY_OF_MAPS, 4, inner);
        kernel.makeDirectories(folder.resolve("tables"));
        inner.pin(folder.resolve("tables/a"));
        outer.pin(pin);
        outer.updateSlot(key(1), inner, UpdateFlags.ANY);
        outer.updateSlot(key(3), inner, UpdateFlags.ANY);

        PinnedMap found = examination().examine(Examination.Inners.LOOKED_AT);

        assertEquals(outer.info().id(), found.getKernelId());
        assertEquals(1, found.getInnersCount());
        PinnedMap shown = found.getInners(0);
        assertEquals(inner.info().id(), shown.getKernelId());
        assertEquals(folder.resolve("tables/a").toString(), shown.getPin());
        assertEquals(2, shown.getSlotsCount());
        assertEquals(8, found.getSpec().getInnerTemplate().getMaxEntries());
        try (KernelMap opened = examination().open(inner.info().id())) {
            assertEquals(inner.info(), opened.info());
        }
    }

    @Test
    void whatIsNoPinOfAMapOfOthersIsRefused() throws KernelException {
        assertRefused(Errno.ENOENT, () -> examination().examine(Examination.Inners.LOOKED_AT));
        KernelMap own = tested.create(MapType.HASH, 8);
        kernel.makeDirectories(pinRoot.resolve("_owned"));
        own.pin(pinRoot.resolve("_owned/7"));
        for (String way : List.of("_owned/7", "default/../_owned/7")) {
            assertRefused(Errno.EINVAL,
                    () -> new Examination(kernel, pinRoot, pinRoot.resolve(way))
                            .examine(Examination.Inners.LOOKED_AT));
        }
        own.pin(pin);
        assertRefused(Errno.EEXIST, () -> {
            try (KernelMap other = examination().open(own.info().id() + 1)) {
                throw new AssertionError(other.info().toString());
            }
        });
    }

    @Test
    void aReplacementHasTheElementsAndLeavesNothingBeside() throws KernelException {
        KernelMap old = pinned(8);
        KernelMap leftover = tested.create(MapType.HASH, 1);
        leftover.pin(folder.resolve("routes_nestmap_next"));

        PinnedMap now = examination().replace(replacement(old, 16));

        assertEquals(2, now.getCopied());
        KernelMap there = tested.open(pin);
        assertEquals(now.getKernelId(), there.info().id());
        assertEquals(16, there.info().spec().maxEntries());
        assertEquals(Optional.of(key(70)), there.lookup(key(7)));
        assertEquals(List.of("routes"), kernel.pins(folder));
    }

    @Test
    void aReplacementThatDoesNotSucceedChangesNothing() throws KernelException {
        KernelMap old = pinned(8);
        KernelMap other = tested.create(MapType.HASH, 8);
        // Expected was another map.
        assertUnchanged(Errno.EEXIST, old, replacement(other, 16));
        // Two elements are too many for it.
        assertUnchanged(Errno.E2BIG, old, replacement(old, 1));
        // One of a value_size that the elements do not have.
        assertUnchanged(Errno.EINVAL, old, replacement(old, spec(16, 8)));
        if (kernel instanceof SimulatedKernel simulated) {
            simulated.inject(Faults.failAll("rename", Errno.EIO));
            assertUnchanged(Errno.EIO, old, replacement(old, 16));
        }
    }

    @Test
    void whatSomebodyElsePutThereMeanwhileStays() throws KernelException {
        KernelMap old = pinned(8);
        KernelMap theirs = tested.create(MapType.HASH, 8);
        if (kernel instanceof SimulatedKernel simulated) {
            simulated.inject(operation -> {
                if (operation.startsWith("pin")) {
                    simulated.inject(Faults.none());
                    kernel.unpin(pin);
                    theirs.pin(pin);
                }
            });
            assertRefused(Errno.EEXIST, () -> examination().replace(replacement(old, 16)));
            assertEquals(theirs.info(), tested.open(pin).info());
            assertEquals(List.of("routes"), kernel.pins(folder));
        } else {
            kernel.unpin(pin);
            theirs.pin(pin);
            assertRefused(Errno.EEXIST, () -> examination().replace(replacement(old, 16)));
            assertEquals(theirs.info(), tested.open(pin).info());
        }
    }

    @Test
    void mapsOfMapsAreNotExchanged() throws KernelException {
        KernelMap outer = tested.create(MapType.ARRAY_OF_MAPS, 4);
        outer.pin(pin);
        assertRefused(Errno.EOPNOTSUPP, () -> examination().replace(replacement(outer, 8)));
        assertEquals(outer.info(), tested.open(pin).info());
    }

    private void assertUnchanged(Errno errno, KernelMap old, PinReplacement wanted)
            throws KernelException {
        assertRefused(errno, () -> examination().replace(wanted));
        assertEquals(old.info(), tested.open(pin).info());
        assertEquals(List.of("routes"), kernel.pins(folder));
        assertTrue(old.lookup(key(7)).isPresent());
    }

    private Examination examination() {
        return new Examination(kernel, pinRoot, pin);
    }

    private KernelMap pinned(int maxEntries) throws KernelException {
        KernelMap map = tested.create(MapType.HASH, maxEntries);
        map.update(key(7), key(70), UpdateFlags.ANY);
        map.update(key(8), key(80), UpdateFlags.ANY);
        map.pin(pin);
        return map;
    }

    private static PinReplacement replacement(KernelMap old, int maxEntries) {
        return replacement(old, spec(maxEntries, 4));
    }

    private static PinReplacement replacement(KernelMap old, MapSpec spec) {
        return PinReplacement.newBuilder()
                .setSpec(SpecCodec.spec(spec))
                .setKernelId(old.info().id())
                .setCopy(true)
                .build();
    }

    private static MapSpec spec(int maxEntries, int valueSize) {
        return new MapSpec("default", "routes", MapType.HASH, 4, valueSize, maxEntries, 0, 0, 0,
                null, Placement.everywhere(), "");
    }
}
