package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bpffs goes away under a running agent, and comes back. */
final class LostPinsTest {
    private static final Path ROOT = Host.ROOT;
    private static final Path ROUTES = ROOT.resolve("default/routes");
    private static final PinPaths PATHS = new PinPaths(ROOT);

    private final SimulatedKernel kernel = new SimulatedKernel();
    private final Fleet fleet = new Fleet().define(1, Fleet.spec("routes", MapType.HASH, 8))
            .set(1, 1, 1)
            .define(2, Fleet.sealed("tables", MapType.ARRAY_OF_MAPS, 4))
            .defineInner(3)
            .set(3, 0, 1)
            .slot(2, 0, 3)
            .define(4, Fleet.spec("rings", MapType.ARRAY_OF_MAPS, 4))
            .defineInner(5)
            .set(5, 0, 1)
            .slot(4, 0, 5);
    private PinRoot root;
    private Reconciler reconciler;
    private long nowNanos;

    @BeforeEach
    void start() throws KernelException {
        root = PinRoot.take(kernel, ROOT);
        reconciler = new Reconciler(kernel, ROOT);
        reconciler.watch(root);
        assertEquals(List.of(), turn());
    }

    @AfterEach
    void stop() {
        reconciler.close();
        root.close();
    }

    private List<Condition> turn() {
        nowNanos += TimeUnit.MILLISECONDS.toNanos(1_100);
        reconciler.advance(fleet.desired(), nowNanos);
        return reconciler.release(nowNanos).conditions();
    }

    private int id(Path pin) throws KernelException {
        try (KernelMap map = kernel.openPin(pin).orElseThrow()) {
            return map.info().id();
        }
    }

    @Test
    void everyMapSaysSoAndWhatProgramsHoldIsWrittenOnAndPinnedAgain() throws Exception {
        int routes = id(ROUTES);
        int tables = id(ROOT.resolve("default/tables"));
        int ring = id(PATHS.inner(5));
        try (KernelMap programs = kernel.openPin(ROUTES).orElseThrow()) {
            kernel.unmountPins();
            List<Condition> conditions = turn();
            assertEquals(List.of(1L, 2L, 3L, 4L, 5L),
                    conditions.stream().map(Condition::mapId).sorted().toList());
            assertTrue(conditions.getFirst().message().contains("mount a bpffs there again"),
                    conditions.toString());
            fleet.set(1, 1, 2).set(5, 0, 2).define(6, Fleet.spec("late", MapType.HASH, 8));
            assertEquals(6, turn().size());
            assertEquals(Bytes.u32le(2), programs.lookup(Bytes.u32le(1)).orElseThrow());
        }
        kernel.mountPins();
        assertEquals(List.of(), turn());
        assertEquals(routes, id(ROUTES));
        assertEquals(routes, id(PATHS.owned(1)));
        assertEquals(tables, id(ROOT.resolve("default/tables")));
        assertEquals(ring, id(PATHS.inner(5)));
        assertEquals(id(ROOT.resolve("default/late")), id(PATHS.owned(6)));
        fleet.set(3, 0, 7);
        assertEquals(List.of(), turn());
        // The next agent finds all of it.
        reconciler.close();
        reconciler = new Reconciler(kernel, ROOT);
        assertEquals(List.of(), turn());
        assertEquals(routes, id(ROUTES));
    }

    @Test
    void aPinRootThatAnotherAgentTookMeanwhileIsLeftToIt() throws Exception {
        kernel.unmountPins();
        turn();
        kernel.mountPins();
        try (PinRoot other = PinRoot.take(kernel, ROOT)) {
            assertTrue(other.lost().isEmpty());
            List<Condition> conditions = turn();
            assertEquals(Errno.EAGAIN.number(), conditions.getFirst().errno());
            assertTrue(kernel.pins(PATHS.ownedDirectory()).isEmpty());
        }
        assertEquals(List.of(), turn());
        assertEquals(3, kernel.pins(PATHS.root().resolve("default")).size());
    }

    @Test
    void nobodyLooksForWhatOthersChangedWhileThereAreNoPins() {
        assertTrue(reconciler.inspectionDueNanos(nowNanos).isPresent());
        kernel.unmountPins();
        assertTrue(turn().size() > 0);
        assertTrue(reconciler.inspectionDueNanos(nowNanos).isEmpty());
        kernel.mountPins();
        assertEquals(List.of(), turn());
        assertTrue(reconciler.inspectionDueNanos(nowNanos).isPresent());
    }
}
