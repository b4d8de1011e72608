package dev.nestmap.benchmarks.tree;

import dev.nestmap.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a store does to its elements, on each contender. Every update starts from the same version,
 * so that it does not age.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 8, time = 1)
@Measurement(iterations = 5, time = 1)
// -Xbatch: code waits for its compilation, which on a busy machine would else come in the midst of
// the measurement.
@Fork(value = 1, jvmArgs = {"-Xbatch", "-Xms3g", "-Xmx3g", "--sun-misc-unsafe-memory-access=allow"})
@NullUnmarked // JMH sets the fields
public class TreeBenchmark {
    private static final int KEYS = 1 << 16;
    private static final int BATCHES = 64;

    /** Who is measured. */
    @Param
    public Contender contender;

    /** Elements in the map. */
    @Param("1000000")
    public int elementCount;

    /** Keys in a batch of updates, and keys that differ between the two versions compared. */
    @Param("1000")
    public int batchSize;

    private Version base;
    private Version changed;
    private final List<Bytes> keys = new ArrayList<>();
    private final List<SortedMap<Bytes, Bytes>> updates = new ArrayList<>();
    private final List<SortedMap<Bytes, Bytes>> inserts = new ArrayList<>();
    private Bytes value;
    private int turn;

    /** Loads the elements and draws the updates. */
    @Setup
    public void load() {
        Workload workload = new Workload(elementCount);
        base = contender.load(workload.elements());
        for (int i = 0; i < KEYS; i++) {
            keys.add(workload.randomKey());
        }
        for (int i = 0; i < BATCHES; i++) {
            updates.add(workload.randomBatch(batchSize));
            inserts.add(workload.newBatch(batchSize));
        }
        value = workload.randomValue();
        changed = base.withAll(updates.getFirst());
    }

    /** Reads one key. */
    @Benchmark
    public @Nullable Bytes lookup(CpuClock clock) {
        clock.operations++;
        return base.get(nextKey());
    }

    /** Makes a version with one key updated. */
    @Benchmark
    public Object singleUpdate(CpuClock clock) {
        clock.operations++;
        return base.with(nextKey(), value);
    }

    /** Makes a version with a batch of keys updated. */
    @Benchmark
    public Object batchUpdate(CpuClock clock) {
        clock.operations++;
        return base.withAll(updates.get(turn++ & (BATCHES - 1)));
    }

    /** Makes a version with a batch of keys added. */
    @Benchmark
    public Object batchInsert(CpuClock clock) {
        clock.operations++;
        return base.withAll(inserts.get(turn++ & (BATCHES - 1)));
    }

    /** Finds what differs between two versions. */
    @Benchmark
    public long difference(CpuClock clock) {
        clock.operations++;
        return changed.changesSince(base);
    }

    private Bytes nextKey() {
        return keys.get(turn++ & (KEYS - 1));
    }
}
