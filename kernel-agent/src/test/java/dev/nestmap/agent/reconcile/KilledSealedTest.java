package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelElement;
import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The agent dies at every single operation of publishing sealed, and programs look at the slots all the time. */
final class KilledSealedTest {
    private static final Path OUTER = Host.ROOT.resolve("default/outer");
    private static final Path OTHER = Host.ROOT.resolve("default/other");
    private static final int KEYS = 4;
    private static final int KEPT = Reconciler.DEFAULT_KEEP_GENERATIONS;

    /** As kill -9: nothing in the program handles it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    /** All elements of a table are equal: a program that finds two different ones sees a mix. */
    private static Fleet table(Fleet fleet, long id, int version) {
        for (int key = 0; key < KEYS; key++) {
            fleet.set(id, key, version);
        }
        return fleet;
    }

    private static Fleet versions(Fleet fleet, int version) {
        table(fleet, 3, version);
        return table(fleet, 4, version);
    }

    private static Fleet first() {
        Fleet fleet = new Fleet().define(1, Fleet.sealed("outer", MapType.ARRAY_OF_MAPS, 4))
                .define(2, Fleet.spec("other", MapType.HASH_OF_MAPS, 4))
                .defineInner(3)
                .defineInner(4)
                .defineInner(5)
                .slot(1, 0, 3)
                .slot(1, 1, 4)
                .slot(1, 2, 3)
                .slot(2, 0, 3);
        table(fleet, 5, 1).slot(2, 1, 5);
        return versions(fleet, 1);
    }

    @Test
    void aDeathWhileSomethingNewIsPublishedIsMendedByTheNextAgent() throws Exception {
        // Also a map that was written in place until now, a slot that goes and one that moves.
        everyDeath(fleet -> table(versions(fleet, 2), 5, 2).slot(1, 3, 5)
                .delete(1, 2)
                .slot(2, 0, 4), 30);
    }

    @Test
    void aDeathOnTheWayBackIsMendedByTheNextAgent() throws Exception {
        everyDeath(fleet -> versions(fleet, -1), 8);
    }

    @Test
    void aDeathWhileAllOfItIsReleasedIsMendedByTheNextAgent() throws Exception {
        everyDeath(fleet -> fleet.delete(1, 2)
                .slot(1, 0, 4)
                .delete(2, 0)
                .delete(2, 1)
                .remove(3)
                .remove(5), 10);
    }

    private static void everyDeath(Consumer<Fleet> change, int atLeast) throws KernelException {
        int deaths = 0;
        boolean died = true;
        while (died) {
            died = surviveDeathAt(++deaths, change);
        }
        assertTrue(deaths > atLeast, "only " + deaths + " operations");
    }

    /** False where the agent was done before its n-th operation. */
    private static boolean surviveDeathAt(int operation, Consumer<Fleet> change)
            throws KernelException {
        Host host = new Host();
        Fleet fleet = first();
        host.reconcile(versions(fleet, -1).desired());
        host.reconcile(versions(fleet, 1).desired());
        change.accept(fleet);
        int[] left = {operation};
        watch(host, () -> {
            if (--left[0] == 0) {
                throw new Killed();
            }
        });
        boolean died = false;
        try {
            host.reconcile(fleet.desired());
        } catch (Killed e) {
            died = true;
        }
        watch(host, () -> {});
        host.restart();
        watch(host, () -> {});
        assertEquals(List.of(), host.reconcile(fleet.desired()).conditions(),
                "after death at " + operation);
        host.assertVisible(fleet.desired(), KEPT);
        // The next agent can publish and go back as if nothing had been.
        host.reconcile(table(fleet, 4, 7).desired());
        host.assertVisible(fleet.desired(), KEPT);
        return died;
    }

    private static void watch(Host host, Runnable then) {
        boolean[] looking = {false};
        host.kernel.inject(_ -> {
            if (!looking[0]) {
                looking[0] = true;
                assertWhole(host);
                looking[0] = false;
                then.run();
            }
        });
    }

    /** What a program counts on: a table is there, and of one version. */
    private static void assertWhole(Host host) throws KernelException {
        assertWhole(host, OUTER, 2);
        assertWhole(host, OTHER, 0);
    }

    private static void assertWhole(Host host, Path pin, int slotsAtLeast) throws KernelException {
        try (KernelMap outer = host.open(pin)) {
            List<KernelElement> slots = outer.readAll();
            assertTrue(slots.size() >= slotsAtLeast, slots.toString());
            for (KernelElement slot : slots) {
                assertWhole(host, slot.value().intLe(0));
            }
        }
    }

    private static void assertWhole(Host host, int kernelId) throws KernelException {
        for (String name : host.kernel.pins(Host.PATHS.innerDirectory())) {
            try (KernelMap inner = host.open(Host.PATHS.innerDirectory().resolve(name))) {
                if (inner.info().id() == kernelId && inner.frozen()) {
                    Bytes stamp = inner.lookup(Bytes.u32le(0)).orElseThrow();
                    for (int key = 1; key < KEYS; key++) {
                        assertEquals(stamp, inner.lookup(Bytes.u32le(key)).orElseThrow(), name);
                    }
                    return;
                }
            }
        }
    }
}
