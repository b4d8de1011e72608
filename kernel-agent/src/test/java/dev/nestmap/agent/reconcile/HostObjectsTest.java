package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.agent.kernel.simulated.SimulatedKernel;
import dev.nestmap.agent.libbpf.SocketFilter;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapFlags;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Unresolved;
import dev.nestmap.model.map.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Programs and cgroups of the host become values. */
final class HostObjectsTest {
    private static final long LATER_NANOS = TimeUnit.SECONDS.toNanos(2);
    private final Fleet fleet = new Fleet();
    private KernelUnderTest tested = new KernelUnderTest(Side.SIMULATED);
    private int programs;

    private void on(Side side) throws Exception {
        tested.close();
        tested = new KernelUnderTest(side);
    }

    @AfterEach
    void close() throws Exception {
        tested.close();
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aProgramIsWrittenWhenItIsPinnedAndAgainWhenAnotherTakesItsPlace(Side side)
            throws Exception {
        on(side);
        Path pin = tested.root().resolve("p");
        fleet.define(1, spec(MapType.PROG_ARRAY))
                .set(1, 0, new Value.Expression("prog(\"" + pin + "\")"));
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            List<Condition> conditions = reconciler.advance(fleet.desired(), 0).conditions();
            assertTrue(conditions.getFirst().message().contains("no program is pinned there"),
                    conditions.toString());
            pinProgram(pin);
            assertEquals(List.of(), reconciler.advance(fleet.desired(), LATER_NANOS).conditions());
            Bytes first = slot(0);
            assertEquals("",
                    Restart.plan(tested.kernel(), tested.root(), fleet.desired()).toString());

            unpinProgram(pin);
            assertEquals(1,
                    reconciler.advance(fleet.desired(), 2 * LATER_NANOS).conditions().size());
            assertEquals(first, slot(0), "the last good program goes on");
            pinProgram(pin);
            assertEquals(List.of(),
                    reconciler.advance(fleet.desired(), 3 * LATER_NANOS).conditions());
            assertNotEquals(first, slot(0));

            reconciler.advance(fleet.delete(1, 0).desired(), 3 * LATER_NANOS);
            try (KernelMap map = open()) {
                assertTrue(map.lookup(Bytes.u32le(0)).isEmpty());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aSlotIsEmptyWhileItsExpressionMeansNothingWhereTheMapSaysSo(Side side)
            throws Exception {
        on(side);
        Path pin = tested.root().resolve("p");
        fleet.define(1, spec(MapType.PROG_ARRAY).withUnresolved(Unresolved.EMPTY))
                .set(1, 0, new Value.Expression("prog(\"" + pin + "\")"));
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            for (int round = 0; round < 3; round++) {
                long now = round * 3L * LATER_NANOS;
                assertEquals(1, reconciler.advance(fleet.desired(), now).conditions().size());
                assertTrue(isEmpty(0), "nothing is pinned there");
                pinProgram(pin);
                assertEquals(List.of(),
                        reconciler.advance(fleet.desired(), now + LATER_NANOS).conditions());
                assertFalse(isEmpty(0));
                assertEquals("",
                        Restart.plan(tested.kernel(), tested.root(), fleet.desired()).toString());
                unpinProgram(pin);
                List<Condition> conditions = reconciler
                        .advance(fleet.desired(), now + 2 * LATER_NANOS)
                        .conditions();
                assertTrue(conditions.getFirst().message().contains("prog(\"" + pin + "\")"),
                        conditions.toString());
                assertTrue(isEmpty(0), "the slot is emptied");
            }
        }
    }

    private boolean isEmpty(int index) throws KernelException {
        try (KernelMap map = open()) {
            return map.lookup(Bytes.u32le(index)).isEmpty();
        }
    }

    @Test
    void aPinThatIsNoProgramIsSaidSo() throws Exception {
        on(Side.LIBBPF);
        Path pin = tested.root().resolve("m");
        tested.create(MapType.ARRAY, 1).pin(pin);
        fleet.define(1, spec(MapType.PROG_ARRAY))
                .set(1, 0, new Value.Expression("prog(\"" + pin + "\")"));
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            assertTrue(reconciler.advance(fleet.desired(), 0)
                    .conditions()
                    .getFirst()
                    .message()
                    .contains("no program is pinned there"));
        }
    }

    @ParameterizedTest
    @EnumSource(Side.class)
    void aCgroupIsWrittenAndOneThatIsNoneIsSaidSo(Side side) throws Exception {
        on(side);
        Path cgroup = cgroup();
        fleet.define(1, spec(MapType.CGROUP_ARRAY))
                .set(1, 0, new Value.Expression("cgroup(\"" + cgroup + "\")"));
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
            try (KernelMap map = open()) {
                assertTrue(map.delete(Bytes.u32le(0)), "it is in the kernel");
            }
            fleet.set(1, 1, new Value.Expression("cgroup(\"" + tested.root() + "\")"));
            List<Condition> conditions = reconciler.advance(fleet.desired(), 0).conditions();
            assertTrue(conditions.getFirst().message().contains("no such cgroup"),
                    conditions.toString());
        }
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            reconciler.advance(fleet.delete(1, 1).desired(), 0);
            try (KernelMap map = open()) {
                assertTrue(map.delete(Bytes.u32le(0)), "an agent that starts writes it anew");
            }
        }
    }

    @Test
    void aKernelWithoutATypeSaysSoForThatMapOnly() throws Exception {
        ((SimulatedKernel) tested.kernel()).forget(MapType.ARENA);
        fleet.define(1, MapSpec.of("default", "a", MapType.ARENA, 0, 0, 1)
                .withFlags(MapFlags.MMAPABLE))
                .define(2, Fleet.spec("b", MapType.HASH, 1));
        try (Reconciler reconciler = new Reconciler(tested.kernel(), tested.root())) {
            Progress progress = reconciler.advance(fleet.desired(), 0);
            assertEquals(1, progress.conditions().size());
            assertTrue(progress.conditions()
                    .getFirst()
                    .message()
                    .contains(
                            "the kernel of this host (simulated) has no maps of this type"));
            assertEquals(1, progress.maps().size());
        }
    }

    private static MapSpec spec(MapType type) {
        return Fleet.spec(type.word(), type, 4);
    }

    private KernelMap open() throws KernelException {
        return tested.kernel()
                .openPin(new PinPaths(tested.root()).of(fleet.map(1)))
                .orElseThrow();
    }

    private Bytes slot(int index) throws KernelException {
        try (KernelMap map = open()) {
            return map.lookup(Bytes.u32le(index)).orElseThrow();
        }
    }

    private void pinProgram(Path pin) throws KernelException {
        if (tested.kernel() instanceof SimulatedKernel simulated) {
            simulated.putProgram(pin, ++programs);
        } else {
            SocketFilter.pin(pin);
        }
    }

    private void unpinProgram(Path pin) throws KernelException {
        if (tested.kernel() instanceof SimulatedKernel simulated) {
            simulated.removeProgram(pin);
        } else {
            tested.kernel().unpin(pin);
        }
    }

    private Path cgroup() throws IOException {
        if (tested.kernel() instanceof SimulatedKernel simulated) {
            Path cgroup = Path.of("/sys/fs/cgroup/x");
            simulated.putCgroup(cgroup, 7);
            return cgroup;
        }
        return Files.readAllLines(Path.of("/proc/self/mounts"))
                .stream()
                .map(line -> line.split(" "))
                .filter(mount -> mount[2].equals("cgroup2"))
                .map(mount -> Path.of(mount[1]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("mount a cgroup2 file system"));
    }
}
