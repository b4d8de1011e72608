package dev.nestmap.systemtests.rig;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A program that looks through the outer array {@code probed_map} without pause, from {@link #start}
 * to {@link #stop}, and counts what it found: it sees every moment in which a slot has no map, or a
 * map whose element 0 is not yet written, that lasts longer than the few milliseconds between two
 * runs of bpftool, and shorter ones by chance.
 */
public final class Probe implements AutoCloseable {
    private static final int RUNS_AT_ONCE = 100_000;

    private final BpfProgram program;
    private final KernelMap found;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private @Nullable Thread runner;
    private volatile boolean stopping;

    private Probe(BpfProgram program) {
        this.program = program;
        this.found = program.map("found");
    }

    /**
     * Loads the probe against the map that is pinned as {@code probed_map} in {@code sharedMaps}: an
     * ARRAY_OF_MAPS with {@code slots} slots, all of which are looked at, of ARRAYs with 4-byte
     * keys, 8-byte values and {@code innerEntries} elements. If nothing is pinned there, such a map
     * is created.
     */
    public static Probe load(Path pin, Path sharedMaps, int slots, int innerEntries) {
        return new Probe(
                BpfProgram.load("probe", pin, sharedMaps, "SLOTS=" + slots,
                        "INNER_ENTRIES=" + innerEntries));
    }

    /** Looks through the slots the given number of times, and returns then. */
    public void lookThrough(int times) {
        program.run(times);
    }

    /** Looks through the slots without pause until {@link #stop}. */
    public void start() {
        stopping = false;
        runner = Thread.ofPlatform().name("probe").start(this::runUntilStopped);
    }

    private void runUntilStopped() {
        try {
            while (!stopping) {
                lookThrough(RUNS_AT_ONCE);
            }
        } catch (RuntimeException | Error e) {
            failure.set(e);
        }
    }

    /**
     * Stops after the lookups under way.
     *
     * @throws AssertionError if the probe failed and so proves nothing
     */
    public void stop() {
        stopping = true;
        try {
            if (runner != null) {
                runner.join();
                runner = null;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (failure.get() != null) {
            throw new AssertionError("the probe stopped by itself", failure.get());
        }
    }

    /** Lookups that found a map with something in element 0. */
    public long hits() {
        return found.number(0);
    }

    /** Lookups that found no map in the slot. */
    public long emptySlots() {
        return found.number(1);
    }

    /** Lookups that found a map with zero in element 0. */
    public long unfilledMaps() {
        return found.number(2);
    }

    /** Stops it; the program stays pinned and the counters with it. */
    @Override
    public void close() {
        stop();
    }
}
