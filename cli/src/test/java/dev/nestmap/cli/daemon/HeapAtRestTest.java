package dev.nestmap.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HeapAtRestTest {
    private static final long MIB = 1L << 20;

    private long bytes = 300 * MIB;
    private int collections;
    private long second;
    private final HeapAtRest heap = new HeapAtRest(() -> bytes, this::collect, 0);

    private void collect() {
        collections++;
        bytes = 100 * MIB;
    }

    private void lookFor(int seconds, long revision) {
        for (int i = 0; i < seconds; i++) {
            heap.look(revision, TimeUnit.SECONDS.toNanos(++second));
        }
    }

    @Test
    void aHeapThatGrewIsCollectedOnceWhenAllIsQuiet() {
        lookFor(5, 7);
        assertEquals(0, collections);
        lookFor(60, 7);
        assertEquals(1, collections);
    }

    @Test
    void nothingIsCollectedWhileSomethingIsReceivedOrTheHeapGrows() {
        for (int revision = 1; revision < 60; revision++) {
            lookFor(1, revision);
        }
        for (int i = 0; i < 60; i++) {
            bytes += MIB;
            lookFor(1, 60);
        }
        assertEquals(0, collections);
    }

    @Test
    void growthOfLessThanAQuarterIsNotWorthThePause() {
        lookFor(10, 7);
        bytes = 120 * MIB;
        lookFor(60, 8);
        assertEquals(1, collections);
        bytes = 126 * MIB;
        lookFor(60, 9);
        assertEquals(2, collections);
    }

    @Test
    void aSmallHeapIsLeftAlone() {
        bytes = 20 * MIB;
        lookFor(60, 7);
        assertEquals(0, collections);
    }
}
