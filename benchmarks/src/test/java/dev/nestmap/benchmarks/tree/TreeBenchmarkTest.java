package dev.nestmap.benchmarks.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.nestmap.model.Bytes;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runs what the benchmarks run, once and small: that it is right, not how fast it is. */
final class TreeBenchmarkTest {
    private static final int ELEMENTS = 1_000;
    private static final int BATCH = 50;

    @ParameterizedTest
    @EnumSource
    void everyContenderDoesTheSameWork(Contender contender) {
        Workload workload = new Workload(ELEMENTS);
        SortedMap<Bytes, Bytes> elements = workload.elements();
        SortedMap<Bytes, Bytes> batch = workload.randomBatch(BATCH);
        Version base = contender.load(elements);
        Version updated = base.withAll(batch);
        for (Map.Entry<Bytes, Bytes> element : elements.entrySet()) {
            Bytes key = element.getKey();
            assertEquals(element.getValue(), base.get(key));
            assertEquals(batch.getOrDefault(key, element.getValue()), updated.get(key));
        }
        assertEquals(0, base.changesSince(base));
        assertEquals(BATCH, updated.changesSince(base));
        assertEquals(BATCH, base.withAll(workload.newBatch(BATCH)).changesSince(base));
        Bytes added = Bytes.utf8("not a key of the workload");
        assertEquals(1, base.with(added, Bytes.of(1)).changesSince(base));
        assertEquals(1, base.changesSince(base.with(added, Bytes.of(1))));
    }

    @ParameterizedTest
    @EnumSource
    void everyBenchmarkRuns(Contender contender) {
        CpuClock clock = new CpuClock();
        TreeBenchmark benchmark = new TreeBenchmark();
        benchmark.contender = contender;
        benchmark.elementCount = ELEMENTS;
        benchmark.batchSize = BATCH;
        benchmark.load();
        assertNotNull(benchmark.lookup(clock));
        assertNotNull(benchmark.singleUpdate(clock));
        assertNotNull(benchmark.batchUpdate(clock));
        assertNotNull(benchmark.batchInsert(clock));
        assertEquals(BATCH, benchmark.difference(clock));
        assertEquals(5, clock.operations);
    }

    @ParameterizedTest
    @EnumSource
    void aMapGrownByBatchesHoldsWhatALoadedOneHolds(Contender contender) {
        Version grown = HeapUse.load(contender, ELEMENTS, BATCH);
        Version loaded = HeapUse.load(contender, ELEMENTS, ELEMENTS);
        assertEquals(0, grown.changesSince(loaded));
        assertTrue(loaded.changesSince(HeapUse.load(contender, ELEMENTS / 2, ELEMENTS)) > 0);
    }
}
