package dev.nestmap.agent.kernel.simulated;

import static dev.nestmap.agent.kernel.KernelUnderTest.assertComplete;
import static dev.nestmap.agent.kernel.KernelUnderTest.assertRefused;
import static dev.nestmap.agent.kernel.KernelUnderTest.assertStopped;
import static dev.nestmap.agent.kernel.KernelUnderTest.element;
import static dev.nestmap.agent.kernel.KernelUnderTest.key;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelMapSpec;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.UpdateFlags;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What only the simulated kernel has: faults, and a view of what lives. */
final class SimulatedKernelTest {
    private static final KernelMapSpec ARRAY = KernelMapSpec.of(MapType.ARRAY, 4, 4, 4, 0);
    private static final Path PIN = Path.of("/pin");

    private final SimulatedKernel kernel = new SimulatedKernel();

    @Test
    void theNthOperationFailsAndTheOthersDoNot() throws KernelException {
        KernelMap map = kernel.create("m", ARRAY, null);
        kernel.inject(Faults.failNth(2, Errno.ENOMEM));
        map.update(key(0), key(1), UpdateFlags.ANY);
        assertRefused(Errno.ENOMEM, () -> map.update(key(1), key(1), UpdateFlags.ANY));
        map.update(key(2), key(1), UpdateFlags.ANY);
        assertEquals(
                List.of(element(0, 1), element(1, 0), element(2, 1), element(3, 0)), map.readAll());
    }

    @Test
    void aFaultStopsABatchWhereItStrikes() throws KernelException {
        KernelMap map = kernel.create("m", ARRAY, null);
        kernel.inject(Faults.failNth(3, Errno.ENOMEM));
        assertStopped(2, Errno.ENOMEM,
                map.updateBatch(List.of(element(0, 1), element(1, 1), element(2, 1))));
    }

    @Test
    void faultsByWordsStrikeUntilTheyAreTakenAway() throws KernelException {
        kernel.inject(Faults.failAll("create array", Errno.EPERM));
        assertRefused(Errno.EPERM, () -> kernel.create("m", ARRAY, null));
        assertRefused(Errno.EPERM, () -> kernel.create("m", ARRAY, null));
        kernel.inject(Faults.none());
        kernel.create("m", ARRAY, null).close();
    }

    @Test
    void aFaultMayJustWatch() throws KernelException {
        List<String> seen = new ArrayList<>();
        kernel.inject(seen::add);
        KernelMap map = kernel.create("m", ARRAY, null);
        assertComplete(1, map.updateBatch(List.of(element(1, 7))));
        map.pin(PIN);
        assertEquals(
                List.of("create array \"m\"", "update \"m\" key 01 00 00 00", "pin \"m\" at /pin"),
                seen);
    }

    @Test
    void aMapLivesWhileAnOpenMapAPinOrASlotRefersToIt() throws KernelException {
        KernelMap inner = kernel.create("inner", ARRAY, null);
        KernelMap outer = kernel.create("outer",
                KernelMapSpec.of(MapType.ARRAY_OF_MAPS, 4, 4, 1, 0), inner);
        int innerId = inner.info().id();
        int outerId = outer.info().id();
        outer.updateSlot(key(0), inner, UpdateFlags.ANY);
        outer.updateSlot(key(0), inner, UpdateFlags.ANY);
        inner.close();
        outer.pin(PIN);
        outer.close();
        assertEquals(Set.of(innerId, outerId), kernel.liveMapIds());
        kernel.unpin(PIN);
        assertEquals(Set.of(), kernel.liveMapIds());
    }

    @Test
    void aReplacedOrRenamedAwayMapDies() throws KernelException {
        KernelMap first = kernel.create("first", ARRAY, null);
        KernelMap second = kernel.create("second", ARRAY, null);
        first.pin(PIN);
        second.pin(Path.of("/pin_next"));
        first.close();
        second.close();
        kernel.renamePin(Path.of("/pin_next"), PIN);
        assertEquals(Set.of(second.info().id()), kernel.liveMapIds());
    }

    @Test
    void interfacesComeAndGo() throws KernelException {
        KernelMap map = kernel.create("m", KernelMapSpec.of(MapType.DEVMAP, 4, 4, 1, 0), null);
        assertRefused(Errno.EINVAL, () -> map.update(key(0), key(7), UpdateFlags.ANY));
        kernel.putInterface("eth0", 7);
        assertEquals(7, kernel.interfaceIndex("eth0").orElseThrow());
        map.update(key(0), key(7), UpdateFlags.ANY);
        kernel.removeInterface("eth0");
        assertTrue(kernel.interfaceIndex("eth0").isEmpty());
    }

    @Test
    void itSaysThatItIsSimulated() {
        assertTrue(kernel.features().simulated());
    }
}
