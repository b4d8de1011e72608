package dev.nestmap.agent.reconcile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.nestmap.agent.kernel.KernelUnderTest;
import dev.nestmap.agent.kernel.KernelUnderTest.Side;
import dev.nestmap.model.map.InnerTemplate;
import dev.nestmap.model.map.MapSpec;
import dev.nestmap.model.map.MapType;
import dev.nestmap.model.map.Publish;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a publish of many tables asks of a real kernel. */
final class SealedBatchTest {
    private static final int TABLES = 64;
    private static final int ENTRIES = 32;
    private static final long OUTER = 1000;

    @Test
    void allTablesChangeByOneBatchAndGoBackByOne() throws Exception {
        KernelUnderTest tested = new KernelUnderTest(Side.LIBBPF);
        CountingKernel kernel = new CountingKernel(tested.kernel());
        try (Reconciler reconciler = new Reconciler(kernel.port(), tested.root())) {
            Fleet fleet = fleet();
            publish(reconciler, fleet, 1);
            kernel.calls.clear();
            publish(reconciler, fleet, 2);
            assertEquals(TABLES, kernel.count("create"));
            assertEquals(TABLES, kernel.count("freeze"));
            assertOneBatch(kernel);
            kernel.calls.clear();
            publish(reconciler, fleet, 1);
            assertEquals(0, kernel.count("create"));
            assertEquals(0, kernel.count("updateBatch"));
            assertOneBatch(kernel);
        } finally {
            tested.close();
        }
    }

    /** The only call that waits for a grace period. */
    private static void assertOneBatch(CountingKernel kernel) {
        assertEquals(List.of("updateSlots of " + TABLES),
                kernel.calls.stream()
                        .filter(call -> call.startsWith("updateSlot") || call.startsWith("delete"))
                        .toList());
    }

    private static void publish(Reconciler reconciler, Fleet fleet, int version) {
        for (int table = 1; table <= TABLES; table++) {
            fleet.set(table, 0, version);
        }
        assertEquals(List.of(), reconciler.advance(fleet.desired(), 0).conditions());
        reconciler.release(0);
    }

    private static Fleet fleet() {
        Fleet fleet = new Fleet().define(OUTER,
                MapSpec.of("default", "outer", MapType.ARRAY_OF_MAPS, 4, 4, TABLES)
                        .withInnerTemplate(new InnerTemplate(MapType.ARRAY, 4, 4, ENTRIES, 0))
                        .withPublish(Publish.SEALED));
        for (int table = 1; table <= TABLES; table++) {
            fleet.defineInner(table, MapSpec.of("default", "table" + table, MapType.ARRAY, 4, 4,
                    ENTRIES)).set(table, 1, table).slot(OUTER, table - 1, table);
        }
        return fleet;
    }
}
