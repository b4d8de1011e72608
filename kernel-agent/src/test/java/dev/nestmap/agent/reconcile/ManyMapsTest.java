package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.map.MapType;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Ten thousand maps at once, in a real kernel: created, taken up by the next agent, and removed. */
final class ManyMapsTest {
    private static final int MAPS = 10_000;

    @Test
    void tenThousandMapsComeAtOnceAndAreTakenUpAndGo() throws Exception {
        KernelUnderTest host = new KernelUnderTest(Side.LIBBPF);
        try {
            Fleet fleet = new Fleet();
            for (int id = 1; id <= MAPS; id++) {
                fleet.define(id, Fleet.spec("m" + id, MapType.ARRAY, 1)).set(id, 0, id);
            }
            long started = System.nanoTime();
            try (Reconciler first = new Reconciler(host.kernel(), host.root())) {
                assertEquals(MAPS, turn(first, fleet).mapCount());
            }
            long created = System.nanoTime();
            CountingKernel kernel = new CountingKernel(host.kernel());
            try (Reconciler next = new Reconciler(kernel.port(), host.root())) {
                assertEquals(MAPS, turn(next, fleet).mapCount());
                assertEquals(0, kernel.count("create") + kernel.count("updateBatch")
                        + kernel.count("pin"));
                long taken = System.nanoTime();
                for (int id = 1; id <= MAPS; id++) {
                    fleet.remove(id);
                }
                assertEquals(0, turn(next, fleet).mapCount());
                System.out.printf("%d maps: created in %d ms, taken up in %d ms%n", MAPS,
                        (created - started) / 1_000_000, (taken - created) / 1_000_000);
            }
            assertTrue(host.kernel().pins(host.root().resolve("_owned")).isEmpty());
            assertTrue(host.kernel().pins(host.root().resolve("default")).isEmpty());
        } finally {
            host.close();
        }
    }

    private static Progress turn(Reconciler reconciler, Fleet fleet) {
        reconciler.advance(fleet.desired(), 0);
        Progress progress = reconciler.release(0);
        assertEquals(List.of(), progress.conditions()
                .stream()
                .limit(3)
                .collect(
                        Collectors.toList()));
        return progress;
    }
}
