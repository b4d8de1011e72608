package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelException;
import dev.nestmap.agent.kernel.KernelMap;
import dev.nestmap.model.Bytes;
import dev.nestmap.model.map.MapType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The agent dies at every single operation on the way from one state to another. */
final class KilledAgentTest {
    private static final Path ROUTES = Host.ROOT.resolve("default/routes");
    private static final Path OUTER = Host.ROOT.resolve("default/outer");
    private static final Path PASSED_ON = Host.ROOT.resolve("default/passed_on");

    /** As kill -9: nothing in the program handles it. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private static Fleet before() {
        return new Fleet().define(1, Fleet.spec("routes", MapType.HASH, 8))
                .set(1, 1, 1)
                .set(1, 2, 2)
                .defineInner(2)
                .set(2, 0, 5)
                .define(3, Fleet.spec("outer", MapType.ARRAY_OF_MAPS, 4))
                .slot(3, 0, 2)
                .slot(3, 1, 2)
                .define(4, Fleet.spec("gone", MapType.ARRAY, 4))
                .define(5, Fleet.spec("passed_on", MapType.HASH, 4))
                .set(5, 1, 1);
    }

    private static Desired after() {
        return before().set(1, 1, 7)
                .delete(1, 2)
                .set(1, 3, 3)
                .defineInner(6)
                .set(6, 0, 6)
                .slot(3, 0, 6)
                .delete(3, 1)
                .remove(2)
                .remove(4)
                .remove(5)
                .define(7, Fleet.spec("passed_on", MapType.HASH, 4))
                .set(7, 1, 2)
                .define(8, Fleet.spec("new", MapType.ARRAY, 4))
                .set(8, 1, 2)
                .freeze(8)
                .desired();
    }

    @Test
    void aDeathAtAnyOperationIsMendedByTheNextAgentAndSeenByNobody() throws Exception {
        int deaths = 0;
        boolean died = true;
        while (died) {
            died = surviveDeathAt(++deaths);
        }
        assertTrue(deaths > 40, "only " + deaths + " operations");
    }

    /** False where the agent was done before its n-th operation. */
    private static boolean surviveDeathAt(int operation) throws KernelException {
        Host host = new Host();
        host.reconcile(before().desired());
        Map<Path, Integer> ids = ids(host);
        int[] left = {operation};
        boolean[] looking = {false};
        host.kernel.inject(_ -> {
            if (!looking[0]) {
                looking[0] = true;
                assertServing(host);
                looking[0] = false;
                if (--left[0] == 0) {
                    throw new Killed();
                }
            }
        });
        boolean died = false;
        try {
            host.reconcile(after());
        } catch (Killed e) {
            died = true;
        }
        host.kernel.inject(_ -> {
            if (!looking[0]) {
                looking[0] = true;
                assertServing(host);
                looking[0] = false;
            }
        });
        host.restart();
        assertEquals(List.of(), host.reconcile(after()).conditions(),
                "after death at " + operation);
        host.assertHolds(after());
        assertEquals(ids, ids(host), "kernel ids after death at " + operation);
        return died;
    }

    /** What a program on this host counts on all the time. */
    private static void assertServing(Host host) throws KernelException {
        try (KernelMap routes = host.open(ROUTES);
                KernelMap outer = host.open(OUTER);
                KernelMap passedOn = host.open(PASSED_ON)) {
            assertTrue(routes.lookup(Bytes.u32le(1)).isPresent());
            assertTrue(passedOn.lookup(Bytes.u32le(1)).isPresent());
            assertTrue(outer.lookup(Bytes.u32le(0)).isPresent());
        }
    }

    private static Map<Path, Integer> ids(Host host) {
        Map<Path, Integer> ids = new TreeMap<>();
        for (Path pin : List.of(ROUTES, OUTER)) {
            ids.put(pin, host.kernelId(pin));
        }
        return ids;
    }
}
