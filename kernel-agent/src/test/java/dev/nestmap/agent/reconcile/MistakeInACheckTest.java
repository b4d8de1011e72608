package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A mistake of this program in one look at a map. */
final class MistakeInACheckTest {
    private static final Path ROUTES = Host.ROOT.resolve("default/routes");
    private static final Path OUTER = Host.ROOT.resolve("default/outer");
    private static final Path OTHER = Host.ROOT.resolve("default/other");

    private final Host host;
    private final Fleet fleet = new Fleet();
    private int made;

    MistakeInACheckTest() throws KernelException {
        host = new Host();
        fleet.define(1, Fleet.spec("routes", MapType.HASH, 16))
                .set(1, 1, 11)
                .define(2, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4))
                .define(3, Fleet.spec("other", MapType.ARRAY_OF_MAPS, 4))
                .defineInner(4)
                .slot(2, 0, 4)
                .slot(3, 0, 4);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
    }

    private void mistakeIn(String operation) {
        host.kernel.inject(asked -> {
            if (asked.startsWith(operation)) {
                made++;
                throw new IllegalStateException("a mistake");
            }
        });
    }

    private void emptySlot(Path outer) throws KernelException {
        try (KernelMap map = host.open(outer)) {
            assertTrue(map.delete(Bytes.u32le(0)));
        }
    }

    @Test
    void itIsAConditionOfThatMapAndTheOthersAreKeptAsTheyAre() throws Exception {
        mistakeIn("read all of \"outer\"");
        Progress progress = host.live(3000);
        assertEquals(List.of(2L), progress.conditions().stream().map(Condition::mapId).toList());
        assertTrue(progress.conditions().getFirst().message().contains("slots of outer maps"),
                progress.conditions().toString());
        // The other checks go on, and what the store changes is written.
        host.kernel.unpin(ROUTES);
        host.live(2000);
        fleet.set(1, 2, 12);
        assertEquals(1, host.reconcile(fleet.desired()).conditions().size());
        try (KernelMap map = host.open(ROUTES)) {
            assertEquals(Bytes.u32le(12), map.lookup(Bytes.u32le(2)).orElseThrow());
        }
        // So does this one, behind the map, when it has rested.
        emptySlot(OTHER);
        emptySlot(OUTER);
        host.live(62_000);
        assertEquals(host.kernelId(Host.PATHS.inner(4)), host.inSlot(OTHER, 0));
        assertTrue(made <= 3, made + " times in little more than a minute");
        assertEquals(1, host.live(0).conditions().size());

        host.kernel.inject(_ -> {});
        assertEquals(List.of(), host.live(70_000).conditions());
        assertEquals(host.kernelId(Host.PATHS.inner(4)), host.inSlot(OUTER, 0));
    }

    @Test
    void aMistakeAtAPinDoesNotHideTheOtherPins() throws Exception {
        mistakeIn("open pin " + OTHER);
        assertEquals(List.of(3L),
                host.live(3000).conditions().stream().map(Condition::mapId).toList());
        host.kernel.unpin(ROUTES);
        host.live(65_000);
        host.kernel.inject(_ -> {});
        assertEquals(List.of("other", "outer", "routes"),
                host.kernel.pins(Host.ROOT.resolve("default")));
        assertEquals(List.of(), host.live(130_000).conditions());
    }

    @Test
    void aMistakeInReadingElementsLeavesSlotsAndPinsToTheirChecks() throws Exception {
        mistakeIn("read all of \"routes\"");
        host.live(3000);
        emptySlot(OUTER);
        host.kernel.unpin(ROUTES);
        host.live(3000);
        host.kernel.inject(_ -> {});
        assertEquals(host.kernelId(Host.PATHS.inner(4)), host.inSlot(OUTER, 0));
        assertTrue(host.kernelId(ROUTES) > 0);
        assertEquals(List.of(), host.live(130_000).conditions());
    }
}
