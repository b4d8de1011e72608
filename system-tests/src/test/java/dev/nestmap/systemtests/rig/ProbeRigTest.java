package dev.nestmap.systemtests.rig;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The probe against bpftool alone: it must see what is missing, and nothing where nothing is. */
class ProbeRigTest {
    private static final int SLOTS = 4;
    private static final Duration SOON = Duration.ofSeconds(10);

    private BpfFilesystem pins;
    private KernelMap outer;
    private KernelMap filled;
    private Probe probe;

    @BeforeEach
    void pinAFilledArrayOfMaps() {
        pins = new BpfFilesystem();
        Path maps = pins.folder("maps");
        filled = inner(maps.resolve("filled"));
        filled.update(Bytes.u32le(0), Bytes.u64le(1));
        outer = KernelMap.create(maps.resolve("probed_map"),
                "type array_of_maps key 4 value 4 entries " + SLOTS,
                filled);
        for (int slot = 0; slot < SLOTS; slot++) {
            outer.put(Bytes.u32le(slot), filled);
        }
        probe = Probe.load(pins.root().resolve("probe"), maps, SLOTS, 16);
    }

    @AfterEach
    void removePins() {
        try (BpfFilesystem _ = pins; Probe _ = probe) {
            // Closing is all that is to be done, in this order even if the first fails.
        }
    }

    private static KernelMap inner(Path pin) {
        return KernelMap.create(pin, "type array key 4 value 8 entries 16");
    }

    @Test
    void everySlotIsLookedAtOnEveryRun() {
        probe.lookThrough(1000);
        assertEquals(1000 * SLOTS, probe.hits());
        assertEquals(0, probe.emptySlots() + probe.unfilledMaps());
    }

    @Test
    void anEmptySlotAndAMapThatIsNotFilledAreSeen() {
        outer.delete(Bytes.u32le(1));
        outer.put(Bytes.u32le(3), inner(pins.folder("maps").resolve("unfilled")));
        probe.lookThrough(10);
        assertEquals(10 * (SLOTS - 2), probe.hits());
        assertEquals(10, probe.emptySlots());
        assertEquals(10, probe.unfilledMaps());
    }

    @Test
    void replacingTheMapInASlotIsNeverSeenAsAMiss() {
        KernelMap other = inner(pins.folder("maps").resolve("other"));
        other.update(Bytes.u32le(0), Bytes.u64le(2));
        probe.start();
        Await.until(SOON, () -> probe.hits() > 0, () -> "no lookup");
        for (int swap = 0; swap < 50; swap++) {
            outer.put(Bytes.u32le(swap % SLOTS), swap / SLOTS % 2 == 0 ? other : filled);
        }
        probe.stop();
        assertTrue(probe.hits() > SLOTS);
        assertEquals(0, probe.emptySlots() + probe.unfilledMaps());
    }
}
