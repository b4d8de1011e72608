package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Inner maps that change as a whole, on a simulated kernel. */
final class SealedPublishTest {
    private static final Path OUTER = Host.ROOT.resolve("default/outer");
    private static final Path OTHER = Host.ROOT.resolve("default/other");
    private static final int KEPT = Reconciler.DEFAULT_KEEP_GENERATIONS;

    private final Host host;
    private final Fleet fleet = new Fleet();

    SealedPublishTest() throws KernelException {
        host = new Host();
        fleet.define(1, Fleet.sealed("outer", MapType.ARRAY_OF_MAPS, 4))
                .defineInner(2)
                .set(2, 0, 10)
                .set(2, 3, 13)
                .defineInner(3)
                .set(3, 0, 20)
                .slot(1, 0, 2)
                .slot(1, 1, 3)
                .slot(1, 2, 2);
    }

    private void reconcile() throws KernelException {
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertVisible(fleet.desired(), KEPT);
    }

    private List<String> asked(String word) {
        return host.takeWrites().stream().filter(write -> write.startsWith(word)).toList();
    }

    @Test
    void aKeptVersionIntoWhichAProgramWroteIsBuiltAnew() throws Exception {
        reconcile();
        fleet.set(2, 0, 11);
        reconcile();
        fleet.set(2, 0, 10);
        reconcile();
        try (KernelMap kept = host.open(Host.PATHS.inner(2, 2))) {
            host.kernel.writeAsProgram(kept, Bytes.u32le(1), Bytes.u32le(77));
        }
        fleet.set(2, 0, 11);
        assertTrue(host.reconcile(fleet.desired())
                .conditions()
                .stream()
                .anyMatch(condition -> condition.message().contains("changed by a program")));
        host.pass(1000);
        reconcile();
    }

    @Test
    void aChangedMapIsAnotherOneInAllOfItsSlotsAndTheFormerIsNotTouched() throws Exception {
        reconcile();
        int former = host.inSlot(OUTER, 0);
        int untouched = host.inSlot(OUTER, 1);
        fleet.set(2, 0, 11);
        reconcile();
        assertNotEquals(former, host.inSlot(OUTER, 0));
        assertEquals(host.inSlot(OUTER, 0), host.inSlot(OUTER, 2));
        assertEquals(untouched, host.inSlot(OUTER, 1));
        try (KernelMap map = host.open(host.pinOf(2, former))) {
            assertEquals(Bytes.u32le(10), map.lookup(Bytes.u32le(0)).orElseThrow());
            assertTrue(map.frozen());
        }
    }

    @Test
    void goingBackBuildsNothing() throws Exception {
        reconcile();
        int first = host.inSlot(OUTER, 0);
        fleet.set(2, 0, 11);
        reconcile();
        fleet.set(2, 0, 12);
        reconcile();
        fleet.set(2, 0, 10);
        host.takeWrites();
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        List<String> writes = host.takeWrites();
        assertEquals(2, writes.size(), writes::toString);
        assertTrue(writes.stream().allMatch(write -> write.startsWith("set slot")),
                writes::toString);
        assertEquals(first, host.inSlot(OUTER, 0));
        host.assertVisible(fleet.desired(), KEPT);
    }

    @Test
    void onlySoManyGenerationsAreKept() throws Exception {
        for (int value = 0; value < 8; value++) {
            fleet.set(2, 0, 30 + value);
            reconcile();
        }
        assertEquals(List.of("2_6", "2_7", "2_8", "3_1"),
                host.kernel.pins(Host.PATHS.innerDirectory()));
    }

    @Test
    void theGenerationLastInUseIsKeptThoughOthersAreNewer() throws Exception {
        for (int value : new int[]{1, 2, 3, 1}) {
            fleet.set(2, 0, value);
            reconcile();
        }
        int before = host.inSlot(OUTER, 0);
        fleet.set(2, 0, 4);
        reconcile();
        fleet.set(2, 0, 1);
        reconcile();
        assertEquals(before, host.inSlot(OUTER, 0));
    }

    @Test
    void anAgentThatStartsTakesUpWhatTheSlotsHoldAndChangesNothing() throws Exception {
        for (int value : new int[]{1, 2, 1}) {
            fleet.set(2, 0, value);
            reconcile();
        }
        int inUse = host.inSlot(OUTER, 0);
        host.restart();
        host.takeWrites();
        reconcile();
        assertEquals(List.of(), host.takeWrites());
        fleet.set(2, 0, 2);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        assertEquals(List.of(), asked("create "), "the other generation was kept too");
        assertNotEquals(inUse, host.inSlot(OUTER, 0));
        host.assertVisible(fleet.desired(), KEPT);
    }

    @Test
    void nothingOfWhatChangesTogetherIsSeenWhereOneMapCannotBeBuilt() throws Exception {
        reconcile();
        Set<Integer> before = inSlots();
        fleet.set(2, 0, 11).set(3, 0, 21).defineInner(4).set(4, 1, 1).slot(1, 3, 4);
        host.kernel.inject(operation -> {
            if (operation.startsWith("create ") && operation.contains("inner3")) {
                throw new KernelException(operation, Errno.ENOMEM, "injected");
            }
        });
        Progress progress = host.reconcile(fleet.desired());
        assertEquals(Set.of(1L, 2L, 3L), failed(progress));
        assertEquals(before, inSlots());
        assertTrue(host.kernel.openPin(OUTER).orElseThrow().lookup(Bytes.u32le(3)).isEmpty());
        host.watch();
        host.pass(5_001);
        reconcile();
    }

    @Test
    void whatCouldNotBeBuiltHoldsBackLaterChangesOfTheSameOuterMapToo() throws Exception {
        reconcile();
        Set<Integer> before = inSlots();
        host.kernel.inject(operation -> {
            if (operation.startsWith("create ") && operation.contains("inner3")) {
                throw new KernelException(operation, Errno.ENOMEM, "injected");
            }
        });
        host.reconcile(fleet.set(2, 0, 11).set(3, 0, 21).desired());
        // Not yet the time to try the other again.
        host.reconcile(fleet.set(2, 0, 12).desired());
        assertEquals(before, inSlots());
        host.watch();
        host.pass(5_001);
        reconcile();
    }

    @Test
    void aBatchThatFailsIsReadBackAndDoneAgain() throws Exception {
        fleet.define(5, Fleet.sealed("other", MapType.HASH_OF_MAPS, 4)).slot(5, 7, 2);
        reconcile();
        int[] slots = {0};
        for (int failing = 1; failing <= 3; failing++) {
            fleet.set(2, 0, 40 + failing);
            slots[0] = failing;
            host.kernel.inject(operation -> {
                if (operation.startsWith("set slot") && --slots[0] == 0) {
                    throw new KernelException(operation, Errno.ENOMEM, "injected");
                }
            });
            assertFalse(host.reconcile(fleet.desired()).conditions().isEmpty());
            host.watch();
            host.pass(5_001);
            reconcile();
        }
    }

    @Test
    void whatIsGoneOrOtherwiseThanItWasIsNotGoneBackTo() throws Exception {
        reconcile();
        int first = host.inSlot(OUTER, 0);
        fleet.set(2, 0, 11);
        reconcile();
        host.kernel.unpin(host.pinOf(2, first));
        fleet.set(2, 0, 10);
        host.reconcile(fleet.desired());
        host.pass(5_001);
        reconcile();
        assertNotEquals(first, host.inSlot(OUTER, 0));
    }

    @Test
    void aMapThatWasWrittenInPlaceIsSealedWhenASealedMapTakesIt() throws Exception {
        fleet.defineInner(6)
                .set(6, 0, 1)
                .define(7, Fleet.spec("other", MapType.ARRAY_OF_MAPS, 4))
                .slot(7, 0, 6);
        reconcile();
        int written = host.inSlot(OTHER, 0);
        fleet.set(6, 0, 2);
        reconcile();
        assertEquals(written, host.inSlot(OTHER, 0), "in place");
        fleet.slot(1, 3, 6);
        reconcile();
        assertEquals(written, host.inSlot(OUTER, 3), "only frozen");
        fleet.set(6, 0, 3);
        reconcile();
        assertNotEquals(written, host.inSlot(OUTER, 3));
        assertEquals(host.inSlot(OTHER, 0), host.inSlot(OUTER, 3), "in both");
        // What no system call can write any more goes on as it is.
        fleet.delete(1, 3).set(6, 0, 4);
        reconcile();
        fleet.delete(7, 0).remove(6);
        reconcile();
        assertTrue(host.kernel.pins(Host.PATHS.innerDirectory())
                .stream()
                .noneMatch(pin -> pin.startsWith("6_")));
        assertFalse(host.kernel.pins(Host.PATHS.ownedDirectory()).contains("6"));
    }

    @Test
    void aSlotThatGoesFromOneMapToAnotherIsPartOfTheBatch() throws Exception {
        reconcile();
        fleet.set(2, 1, 5).slot(1, 1, 2).remove(3);
        reconcile();
        assertEquals(host.inSlot(OUTER, 0), host.inSlot(OUTER, 1));
    }

    @Test
    void aFrozenMapThatIsWrittenInPlaceKeepsWhatItHeldAndSaysSo() throws Exception {
        fleet.define(7, Fleet.spec("other", MapType.ARRAY_OF_MAPS, 4)).slot(7, 0, 2).freeze(7);
        reconcile();
        int former = host.inSlot(OTHER, 0);
        fleet.set(2, 0, 99);
        for (int cycle = 0; cycle < 3; cycle++) {
            assertEquals(Set.of(7L), failed(host.reconcile(fleet.desired())));
            fleet.set(3, 1, cycle + 1);
        }
        assertEquals(former, host.inSlot(OTHER, 0));
        assertNotEquals(former, host.inSlot(OUTER, 0));
    }

    @Test
    void whenTheOuterMapIsGoneNoGenerationIsLeft() throws Exception {
        for (int value = 0; value < 4; value++) {
            fleet.set(2, 0, 30 + value);
            reconcile();
        }
        fleet.remove(1).remove(2).remove(3);
        host.restart();
        reconcile();
        assertEquals(Set.of(), Set.copyOf(host.kernel.liveMapIds()));
        assertEquals(List.of(), host.kernel.pins(Host.PATHS.innerDirectory()));
    }

    private Set<Integer> inSlots() throws KernelException {
        Set<Integer> ids = new TreeSet<>();
        for (int key = 0; key < 3; key++) {
            ids.add(host.inSlot(OUTER, key));
        }
        return ids;
    }

    private static Set<Long> failed(Progress progress) {
        Set<Long> ids = new TreeSet<>();
        progress.conditions().forEach(condition -> ids.add(condition.mapId()));
        return ids;
    }
}
