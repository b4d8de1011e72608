package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.agent.kernel.simulated.Faults;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.Errno;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Ownership;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an errno makes the agent do: try again sooner or later, or not at all, and never believe what was not confirmed. */
final class ErrnoPolicyTest {
    private static final Path ROUTES = Host.ROOT.resolve("default/routes");
    private static final int TURN_MILLIS = 10;

    private final Host host = newHost();
    private final Fleet fleet = new Fleet().define(1, Fleet.spec("routes", MapType.HASH, 8))
            .set(1, 1, 1)
            .define(2, Fleet.spec("other", MapType.HASH, 8));

    private static Host newHost() {
        try {
            return new Host();
        } catch (KernelException e) {
            throw new AssertionError(e);
        }
    }

    /** Duty cycles for a while, and how often the kernel was asked for something. */
    private int count(String operation, int millis, Runnable eachTurn) {
        host.asked.clear();
        for (int passed = 0; passed < millis; passed += TURN_MILLIS) {
            host.pass(TURN_MILLIS);
            eachTurn.run();
            host.reconcile(fleet.desired());
        }
        return Math.toIntExact(
                host.asked.stream().filter(asked -> asked.startsWith(operation)).count());
    }

    private void fail(String operation, Errno errno) {
        host.kernel.inject(asked -> {
            host.asked.add(asked);
            Faults.failAll(operation, errno).before(asked);
        });
    }

    private Condition onlyCondition() {
        List<Condition> conditions = host.reconcile(fleet.desired()).conditions();
        assertEquals(1, conditions.size(), conditions.toString());
        return conditions.getFirst();
    }

    @Test
    void whatPassesIsTriedAgainAfterLongerAndLonger() throws Exception {
        fail("update \"routes\"", Errno.ENOMEM);
        Condition condition = onlyCondition();
        assertEquals(Errno.ENOMEM.number(), condition.errno());
        assertTrue(condition.retrying());
        int attempts = count("update \"routes\"", 30_000, () -> {});
        // 10 ms, 20 ms and so on, then each 5 s.
        assertTrue(attempts > 10 && attempts < 20, attempts + " attempts in 30 s");
        host.watch();
        host.pass(5_000);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void whatIsPermanentIsNotTriedAgainAndNotHammeredWhereTheMapChangesAllTheTime()
            throws Exception {
        fail("create hash \"routes\"", Errno.EINVAL);
        Condition condition = onlyCondition();
        assertFalse(condition.retrying());
        assertTrue(condition.message()
                .endsWith(
                        "not with these flags and sizes: use a newer kernel, or place the map elsewhere"),
                condition.message());
        assertEquals(0, count("create", 60_000, () -> {}));
        int[] value = {0};
        int attempts = count("create", 10_000, () -> {
            value[0]++;
            fleet.set(1, 1, value[0]).set(2, 1, value[0]);
            try (KernelMap other = host.open(Host.ROOT.resolve("default/other"))) {
                assertTrue(value[0] == 1 || other.lookup(Bytes.u32le(1)).isPresent());
            } catch (KernelException e) {
                throw new AssertionError(e);
            }
        });
        assertTrue(attempts >= 10 && attempts < 20, attempts + " attempts at 1000 changes");
        host.watch();
        host.pass(1_000);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aMapThatFailsAndChangesAllTheTimeIsReadBackAtMostAboutOnceASecond() {
        fail("update \"routes\"", Errno.EINVAL);
        host.reconcile(fleet.desired());
        int[] value = {0};
        int reads = count("read", 10_000, () -> fleet.set(1, 1, ++value[0]));
        assertTrue(reads >= 5 && reads < 20, reads + " reads at 1000 changes");
    }

    @Test
    void theFirstThingThatIsDesiredAnewOfAMapThatFailsIsTriedAtOnce() throws Exception {
        fail("update \"routes\"", Errno.EINVAL);
        onlyCondition();
        host.watch();
        fleet.set(1, 2, 2);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aBatchThatStopsInTheMiddleIsReadBackBeforeAnythingIsBelieved() throws Exception {
        for (int key = 1; key <= 6; key++) {
            fleet.set(1, key, key);
        }
        int[] writes = {0};
        host.kernel.inject(asked -> {
            if (asked.startsWith("update \"routes\"") && ++writes[0] == 4) {
                throw new KernelException(asked, Errno.ENOMEM, "injected");
            }
        });
        assertEquals(Errno.ENOMEM.number(), onlyCondition().errno());
        try (KernelMap routes = host.open(Host.PATHS.owned(1))) {
            assertEquals(3, routes.readAll().size());
            // Somebody else is faster than the agent: what it wrote is not what is there.
            routes.delete(Bytes.u32le(1));
        }
        host.watch();
        host.asked.clear();
        host.pass(20);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        int read = host.asked.indexOf("read all of \"routes\"");
        assertTrue(read >= 0, host.asked.toString());
        assertTrue(host.asked.subList(0, read)
                .stream()
                .noneMatch(asked -> asked.startsWith(
                        "update")),
                host.asked.toString());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aDirectoryAtThePinPathIsAConditionUntilItIsGone() throws Exception {
        host.kernel.makeDirectories(ROUTES);
        Condition condition = onlyCondition();
        assertTrue(condition.message().contains(ROUTES.toString()), condition.message());
        assertTrue(condition.retrying());
        host.kernel.removeDirectory(ROUTES);
        host.pass(1_100);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
        host.assertHolds(fleet.desired());
    }

    @Test
    void aPinThatCannotBeMadeIsTriedAgainWhenThisHostMayHaveChanged() throws Exception {
        for (Errno errno : List.of(Errno.EPERM, Errno.EACCES, Errno.EROFS)) {
            fleet.define(errno.number() + 10L, Fleet.spec("m" + errno.number(), MapType.HASH, 8));
            fail("pin \"m" + errno.number(), errno);
            Condition condition = onlyCondition();
            assertEquals(errno.number(), condition.errno());
            assertTrue(condition.retrying(), condition.toString());
            host.watch();
            host.pass(1_100);
            assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
            host.assertHolds(fleet.desired());
        }
    }

    @Test
    void whatIsTooLargeForThisKernelIsPermanent() {
        fail("create hash \"routes\"", Errno.E2BIG);
        Condition condition = onlyCondition();
        assertFalse(condition.retrying());
        assertTrue(condition.message().contains("larger than the kernel of this host"),
                condition.message());
    }

    @Test
    void aMapThatAnotherProgramFroseWhileTheAgentRunsSaysSo() throws Exception {
        host.reconcile(fleet.desired());
        try (KernelMap map = host.open(ROUTES)) {
            map.freeze();
        }
        fleet.set(1, 1, 2);
        Condition condition = onlyCondition();
        assertTrue(condition.message().contains("frozen with other contents"),
                condition.message());
        assertFalse(condition.retrying());
        // Going back to what is in it is as desired again.
        fleet.set(1, 1, 1);
        host.pass(2_000);
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
    }

    @Test
    void aFullMapIsAConditionThatCostsOneCallASecondUntilThereIsRoom() throws Exception {
        fleet.define(3, Fleet.spec("both", MapType.HASH, 4).withOwnership(Ownership.SHARED))
                .set(3, 1, 1);
        host.reconcile(fleet.desired());
        try (KernelMap both = host.open(Host.ROOT.resolve("default/both"))) {
            for (int key = 10; key < 13; key++) {
                both.update(Bytes.u32le(key), Bytes.u32le(key), 0);
            }
            fleet.set(3, 2, 2).set(3, 3, 3);
            host.reconcile(fleet.desired());
            host.pass(20);
            Condition condition = onlyCondition();
            assertEquals(Errno.E2BIG.number(), condition.errno());
            assertTrue(condition.message().contains("it is full: it held 4 of 4 elements"),
                    condition.message());
            assertTrue(condition.retrying());
            int asked = count("", 10_000, () -> {});
            assertTrue(asked >= 9 && asked <= 11, asked + " calls in 10 s: " + host.asked);
            both.delete(Bytes.u32le(10));
            host.pass(1_000);
            assertEquals(1, host.reconcile(fleet.desired()).conditions().size());
            assertEquals(4, both.readAll().size());
            both.delete(Bytes.u32le(11));
            host.pass(1_000);
            assertEquals(List.of(), host.reconcile(fleet.desired()).conditions());
            assertEquals(Bytes.u32le(12), both.lookup(Bytes.u32le(12)).orElseThrow());
            assertEquals(Bytes.u32le(3), both.lookup(Bytes.u32le(3)).orElseThrow());
        }
    }
}
